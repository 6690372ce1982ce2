package dev.aldis.bench.okhttp

import java.net.InetAddress
import java.net.Socket
import javax.net.SocketFactory

/**
 * Sockets that send at once. Without this a message above 8 KiB, which OkHttp writes in pieces,
 * waits 40 ms for the server's acknowledgement.
 */
internal object NoDelay : SocketFactory() {
    private val plain = getDefault()

    override fun createSocket(): Socket = plain.createSocket().apply { tcpNoDelay = true }

    override fun createSocket(host: String, port: Int): Socket =
        plain.createSocket(host, port).apply { tcpNoDelay = true }

    override fun createSocket(
        host: String,
        port: Int,
        localHost: InetAddress,
        localPort: Int,
    ): Socket = plain.createSocket(host, port, localHost, localPort).apply { tcpNoDelay = true }

    override fun createSocket(host: InetAddress, port: Int): Socket =
        plain.createSocket(host, port).apply { tcpNoDelay = true }

    override fun createSocket(
        address: InetAddress,
        port: Int,
        localAddress: InetAddress,
        localPort: Int,
    ): Socket =
        plain.createSocket(address, port, localAddress, localPort).apply { tcpNoDelay = true }
}
