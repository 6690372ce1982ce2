package dev.aldis.android.internal

import android.os.Handler
import android.os.Looper
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.LifecycleRegistry
import dev.aldis.android.LifePolicy
import dev.aldis.android.internal.Hint.Resumed
import dev.aldis.android.internal.Hint.Suspended
import dev.aldis.android.support.MainThread
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
internal class ProcessLifeTest : LifecycleOwner {
    override val lifecycle = LifecycleRegistry(this)
    private val hints = mutableListOf<Hint>()

    private fun attach(policy: LifePolicy = LifePolicy.Foreground()): ProcessLife {
        val life = ProcessLife(lifecycle, policy, Handler(Looper.getMainLooper())) { hints += it }
        life.attach()
        MainThread.work()
        return life
    }

    private fun processIs(state: Lifecycle.State) {
        lifecycle.currentState = state
    }

    private fun inForeground() = processIs(Lifecycle.State.RESUMED)

    private fun inBackground() = processIs(Lifecycle.State.CREATED)

    @Test
    fun `in the foreground from the start there is nothing to tell`() {
        inForeground()
        attach()
        MainThread.workFor(HOUR)
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    fun `the connection outlives the foreground by the grace`() {
        inForeground()
        attach()
        inBackground()
        MainThread.workFor(44_999)
        assertEquals(emptyList<Hint>(), hints)
        MainThread.workFor(1)
        assertEquals(listOf(Suspended), hints)
        MainThread.workFor(HOUR)
        inForeground()
        assertEquals(listOf(Suspended, Resumed), hints)
    }

    @Test
    fun `who comes back within the grace is resumed and nothing else`() {
        inForeground()
        attach()
        repeat(3) {
            inBackground()
            MainThread.workFor(44_999)
            inForeground()
        }
        MainThread.workFor(HOUR)
        assertEquals(listOf(Resumed, Resumed, Resumed), hints)
    }

    @Test
    fun `a dialog over the app is not the background`() {
        inForeground()
        attach()
        processIs(Lifecycle.State.STARTED)
        MainThread.workFor(HOUR)
        inForeground()
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    fun `the grace is the policy's`() {
        inForeground()
        attach(LifePolicy.Foreground(3.seconds))
        inBackground()
        MainThread.workFor(2_999)
        assertEquals(emptyList<Hint>(), hints)
        MainThread.workFor(1)
        assertEquals(listOf(Suspended), hints)
    }

    @Test
    fun `no grace ends the connection at once`() {
        inForeground()
        attach(LifePolicy.Foreground(Duration.ZERO))
        inBackground()
        MainThread.work()
        assertEquals(listOf(Suspended), hints)
    }

    @Test
    fun `a process that begins in the background has the grace, too`() {
        inBackground()
        attach()
        MainThread.workFor(45_000)
        inForeground()
        assertEquals(listOf(Suspended, Resumed), hints)
    }

    @Test
    fun `a process that nobody follows is left alone`() {
        attach()
        MainThread.workFor(HOUR)
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    fun `who keeps the connection is resumed and never suspended`() {
        inForeground()
        attach(LifePolicy.KeepWhileAllowed)
        inBackground()
        MainThread.workFor(HOUR)
        inForeground()
        assertEquals(listOf(Resumed), hints)
    }

    @Test
    fun `a device that wakes up resumes what is not suspended`() {
        inForeground()
        val life = attach()
        inBackground()
        life.woke()
        assertEquals(listOf(Resumed), hints)
        MainThread.workFor(45_000)
        life.woke()
        assertEquals(listOf(Resumed, Suspended), hints)
        inForeground()
        life.woke()
        assertEquals(listOf(Resumed, Suspended, Resumed, Resumed), hints)
    }

    @Test
    fun `nothing is told after the end`() {
        inForeground()
        val life = attach()
        inBackground()
        life.detach()
        MainThread.workFor(HOUR)
        inForeground()
        assertEquals(emptyList<Hint>(), hints)
        assertEquals(0, lifecycle.observerCount)
    }

    private companion object {
        const val HOUR = 3_600_000L
    }
}
