package app.truckroll.shell

import java.net.URI
import java.net.URISyntaxException
import java.net.URLDecoder

/** The link that the office's QR code holds: `truckroll://enrol?server=https%3A%2F%2Foffice.example&code=K7QP-22MX`. */
object EnrolLink {
    const val SCHEME = "truckroll"
    private const val HOST = "enrol"

    /** The enrolment that a link asks for; null when it is another link. Nothing is enrolled by it: the technician still taps. */
    fun parse(link: String): Route.Enrol? {
        val uri = try {
            URI(link.trim())
        } catch (_: URISyntaxException) {
            return null
        }
        if (uri.scheme != SCHEME || uri.host != HOST) return null
        val values = uri.rawQuery.orEmpty().split('&').associate { pair ->
            pair.substringBefore('=') to decoded(pair.substringAfter('=', ""))
        }
        val server = values["server"].orEmpty()
        val code = values["code"].orEmpty()
        return Route.Enrol(server, code).takeIf { code.isNotEmpty() }
    }

    private fun decoded(text: String): String = try {
        URLDecoder.decode(text, "UTF-8")
    } catch (_: IllegalArgumentException) {
        ""
    }
}
