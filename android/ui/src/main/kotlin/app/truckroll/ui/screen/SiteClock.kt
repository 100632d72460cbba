package app.truckroll.ui.screen

import java.time.DateTimeException
import java.time.Instant
import java.time.ZoneId
import java.time.ZonedDateTime

/** The site's clock: the one that the technician and the customer see. The phone's, where it doesn't know the zone. */
internal fun atSite(atMs: Long, zone: String): ZonedDateTime {
    val known = try {
        ZoneId.of(zone)
    } catch (_: DateTimeException) {
        ZoneId.systemDefault()
    }
    return Instant.ofEpochMilli(atMs).atZone(known)
}

/** Whether the site's clock says another time than the phone's, so that it must be said whose times are shown. */
internal fun isOtherClock(zone: String, nowMs: Long = System.currentTimeMillis()): Boolean =
    atSite(nowMs, zone).offset != Instant.ofEpochMilli(nowMs).atZone(ZoneId.systemDefault()).offset
