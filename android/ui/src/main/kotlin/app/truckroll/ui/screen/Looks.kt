package app.truckroll.ui.screen

import androidx.compose.ui.graphics.vector.ImageVector
import app.truckroll.core.BadgeView
import app.truckroll.core.Delivery
import app.truckroll.core.Status
import app.truckroll.core.Tone
import app.truckroll.ui.component.BannerLook
import app.truckroll.ui.component.SaveLook
import app.truckroll.ui.component.StatusLook
import app.truckroll.ui.component.VisitHint
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.Words
import app.truckroll.ui.theme.Icons

/** How the engine's words are drawn: a look for each, and nothing decided here. */
internal val Status.look: StatusLook get() = StatusLook.valueOf(name)

internal fun saveLook(key: String): SaveLook = when (key) {
    "all_sent" -> SaveLook.ALL_SENT
    "sending" -> SaveLook.SENDING
    "attention" -> SaveLook.NEEDS_YOU
    else -> SaveLook.SAVED_HERE
}

internal fun bannerLook(tone: Tone, key: String): BannerLook = when {
    key == "offline" -> BannerLook.OFFLINE
    tone == Tone.CALM -> BannerLook.INFO
    tone == Tone.GOOD -> BannerLook.DONE
    tone == Tone.WARNING -> BannerLook.CAUTION
    else -> BannerLook.WRONG
}

internal val Tone.weight: Weight
    get() = when (this) {
        Tone.CALM, Tone.GOOD -> Weight.QUIET
        Tone.WARNING -> Weight.CAUTION
        Tone.DANGER -> Weight.WRONG
    }

internal fun badgeIcon(badge: BadgeView): ImageVector = when (badge.key) {
    "crew" -> Icons.Person
    "gate_code" -> Icons.Key
    "changed" -> Icons.Info
    "parts" -> Icons.Box
    else -> if (badge.tone >= Tone.WARNING) Icons.Warning else Icons.Info
}

internal val BadgeView.hint: VisitHint get() = VisitHint(badgeIcon(this), label, tone.weight)

/** The step's icon, by its status. */
internal fun stepIcon(to: Status?): ImageVector? = to?.look?.icon

internal fun Words.delivery(delivery: Delivery): String = when (delivery) {
    Delivery.SAVED -> saved
    Delivery.SENDING -> sending
    Delivery.DELIVERED -> delivered
    Delivery.ATTENTION -> needsYou
    Delivery.BLOCKED -> waits
}

internal val Delivery.icon: ImageVector
    get() = when (this) {
        Delivery.SAVED -> Icons.Saved
        Delivery.SENDING -> Icons.Sending
        Delivery.DELIVERED -> Icons.Sent
        Delivery.ATTENTION -> Icons.Hand
        Delivery.BLOCKED -> Icons.Clock
    }

internal fun packetIcon(section: String): ImageVector = when (section) {
    "call" -> Icons.Phone
    "access" -> Icons.Warning
    "work" -> Icons.Wrench
    "customer" -> Icons.Person
    "equipment" -> Icons.Settings
    "history" -> Icons.Clock
    "money" -> Icons.Money
    "parts" -> Icons.Box
    else -> Icons.Info
}
