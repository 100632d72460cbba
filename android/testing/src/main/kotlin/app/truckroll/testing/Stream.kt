package app.truckroll.testing

import java.io.IOException
import java.net.HttpURLConnection
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** The server-sent events of the board: each is a visit's card as JSON. */
class Stream internal constructor(private val connection: HttpURLConnection, token: String) : AutoCloseable {
    private val cards = LinkedBlockingQueue<String>()

    init {
        connection.setRequestProperty("Authorization", "Bearer $token")
        connection.setRequestProperty("Accept", "text/event-stream")
        check(connection.responseCode == HttpURLConnection.HTTP_OK) { "the stream answers ${connection.responseCode}" }
        thread(isDaemon = true, name = "stream") {
            try {
                connection.inputStream.bufferedReader().forEachLine { if (it.startsWith(DATA)) cards += it.removePrefix(DATA) }
            } catch (_: IOException) {
                // Closed, or the server went: who waits for a card says so.
            }
        }
    }

    /** Waits until a work order's card has a status. */
    fun until(number: String, status: String, withinMs: Long = 60_000) {
        val end = System.nanoTime() + withinMs * 1_000_000
        var last: String? = null
        while (true) {
            val card = cards.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS)
            check(card != null) { "the stream never said that $number is $status; last: $last" }
            if ("\"number\":\"$number\"" !in card) continue
            if ("\"status\":\"$status\"" in card) return
            last = card
        }
    }

    override fun close() = connection.disconnect()

    private companion object {
        const val DATA = "data: "
    }
}
