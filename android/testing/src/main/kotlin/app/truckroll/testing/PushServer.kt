package app.truckroll.testing

import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** A distributor's push server, which stands somewhere in the internet: it takes what is posted to it. */
class PushServer : AutoCloseable {
    private val posted = LinkedBlockingQueue<String>()
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0).apply {
        createContext("/") { exchange ->
            posted += exchange.requestBody.readBytes().decodeToString()
            exchange.sendResponseHeaders(CREATED, -1)
            exchange.close()
        }
        start()
    }

    /** The address of a phone's line. */
    val endpoint: String get() = "http://127.0.0.1:${server.address.port}/up/secret"

    /** The next message's body; null when none comes in time. */
    fun next(withinS: Long = 60): String? = posted.poll(withinS, TimeUnit.SECONDS)

    override fun close() = server.stop(0)

    private companion object {
        const val CREATED = 201
    }
}
