import Testing

@testable import Aldis

extension Tests {
    @Suite struct Mailboxes {
        @Test("a mailbox that holds back is full at its limit, and tells when it is not any more")
        func holdsBack() async {
            let told = Locked(0)
            let mailbox = Mailbox<Int>(.holdBack(limit: 2)) { told.withLock { $0 += 1 } }
            mailbox.put(0)
            #expect(!mailbox.isFull)
            for n in 1..<4 { mailbox.put(n) }
            #expect(mailbox.isFull)
            #expect(mailbox.count == 4)
            #expect(await mailbox.next() == 0)
            #expect(await mailbox.next() == 1)
            #expect(mailbox.isFull)
            #expect(told.withLock { $0 } == 0)
            #expect(await mailbox.next() == 2)
            #expect(!mailbox.isFull)
            #expect(told.withLock { $0 } == 1)
            #expect(mailbox.takeMissed() == 0)
        }

        @Test("a mailbox that holds back has bounds even for those who do not ask")
        func overfull() async {
            let mailbox = Mailbox<Int>(.holdBack(limit: 1), roomMade: {})
            for n in 0..<2_000 { mailbox.put(n) }
            #expect(mailbox.count == 1_025)
            #expect(mailbox.takeMissed() == 2_000 - 1_025)
            #expect(await mailbox.next() == 0)
        }

        @Test("a mailbox that drops keeps the newest, and counts the others once")
        func drops() async {
            let mailbox = Mailbox<Int>(.dropOldest(limit: 2), roomMade: {})
            for n in 0..<5 { mailbox.put(n) }
            #expect(!mailbox.isFull)
            #expect(mailbox.takeMissed() == 3)
            #expect(mailbox.takeMissed() == 0)
            #expect(await mailbox.next() == 3)
            #expect(await mailbox.next() == 4)
        }

        @Test("a closed mailbox gives what is in it, and takes no more")
        func closes() async {
            let mailbox = Mailbox<Int>(.holdBack(), roomMade: {})
            mailbox.put(1)
            mailbox.close()
            mailbox.put(2)
            #expect(await mailbox.next() == 1)
            #expect(await mailbox.next() == nil)
        }

        @Test("elements and cancelled readers cross each other without a loss")
        func races() async {
            let mailbox = Mailbox<Int>(.holdBack(limit: 100_000), roomMade: {})
            let reading = Task {
                var read: [Int] = []
                while read.count < 2_000 {
                    let reader = Task { await mailbox.next() }
                    if read.count % 3 == 0 { reader.cancel() }
                    if let element = await reader.value { read.append(element) }
                }
                return read
            }
            for n in 0..<2_000 {
                mailbox.put(n)
                if n % 7 == 0 { await Task.yield() }
            }
            #expect(await reading.value == Array(0..<2_000))
        }

        @Test("a queue keeps its order while it is filled and emptied")
        func queue() {
            var queue = Queue<Int>()
            var next = 0
            for n in 0..<1_000 {
                queue.append(n)
                if n % 3 != 0 {
                    #expect(queue.popFirst() == next)
                    next += 1
                }
            }
            #expect(queue.count == 1_000 - next)
            while let first = queue.popFirst() {
                #expect(first == next)
                next += 1
            }
            #expect(next == 1_000)
            #expect(queue.count == 0)
        }
    }
}
