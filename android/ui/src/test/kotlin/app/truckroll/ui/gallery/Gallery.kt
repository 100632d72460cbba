package app.truckroll.ui.gallery

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material3.Icon
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.BackAction
import app.truckroll.ui.component.Banner
import app.truckroll.ui.component.BannerLook
import app.truckroll.ui.component.CheckLine
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.LoadingCards
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.SaveChip
import app.truckroll.ui.component.SaveLook
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.StatusChip
import app.truckroll.ui.component.StatusLook
import app.truckroll.ui.component.VisitCard
import app.truckroll.ui.component.VisitHint
import app.truckroll.ui.component.Weight
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space

/** The pages of the gallery: every component in every state, as pictures and as the design's own reference. */
enum class GalleryPage(internal val show: @Composable (onTap: (String) -> Unit) -> Unit) {
    LIST({ ListPage(it) }),
    DETAIL({ DetailPage(it) }),
    STATES({ StatesPage(it) }),
    PARTS({ PartsPage(it) }),
}

/**
 * One page of the gallery.
 *
 * @param onTap told the label of what was tapped
 */
@Composable
fun Gallery(page: GalleryPage, onTap: (String) -> Unit = {}) = page.show(onTap)

@Composable
private fun ListPage(onTap: (String) -> Unit) {
    Screen(
        title = "Mon 23 · 4 visits",
        saved = { SaveChip(SaveLook.SAVED_HERE, "saved on this phone · 3 to send", { onTap("saved") }) },
        action = { MainAction("I’m on my way", { onTap("I’m on my way") }, icon = Icons.Van) },
    ) {
        item { Banner(BannerLook.OFFLINE, "No signal since 09:40", body = "Everything you do is saved here. It goes out by itself.") }
        item { SectionTitle("Next") }
        item {
            VisitCard(
                "10–12", "No heat since last night", "3408 Bellisima Pl · 12 min away", StatusLook.DISPATCHED, "Dispatched", { onTap("next") },
                next = true,
                hints = listOf(
                    VisitHint(Icons.Warning, "Dog in the yard, call first", Weight.CAUTION),
                    VisitHint(Icons.Box, "Igniter is ordered, not on the truck", Weight.WRONG),
                ),
            )
        }
        item { SectionTitle("Later") }
        item { VisitCard("13–15", "Yearly service, two units", "88 Calle de la Paz, 2º izquierda", StatusLook.SCHEDULED, "Scheduled", { onTap("13") }) }
        item { VisitCard("15–17", "Water under the sink", "12 Low Road", StatusLook.CANCELED, "Canceled", { onTap("15") }) }
        item { SectionTitle("Done", trailing = "2 h 10 worked") }
        item { VisitCard("8–10", "Thermostat replaced", "5 Hill St", StatusLook.COMPLETED, "Completed", { onTap("8") }, age = "as of 09:40") }
    }
}

@Composable
private fun DetailPage(onTap: (String) -> Unit) {
    Screen(
        title = "No heat since last night",
        subtitle = "WO-1001 · 10–12 · 2 h",
        back = BackAction("Back") { onTap("Back") },
        saved = { SaveChip(SaveLook.ALL_SENT, "all sent 14:02", { onTap("saved") }) },
        action = { MainAction("Complete with 2 gaps", { onTap("Complete with 2 gaps") }, icon = Icons.Check) },
    ) {
        item { StatusChip(StatusLook.IN_PROGRESS, "In progress") }
        item { Banner(BannerLook.INFO, "Changed since you opened it", body = "The window moved to 10–12.", action = "See what changed", onAction = { onTap("changes") }) }
        item {
            HouseCard {
                IconLine(Icons.Warning, "Dog in the yard, call first", weight = Weight.CAUTION)
                IconLine(Icons.Key, "Gate code  ●●●●")
                IconLine(Icons.Money, "Quote tentative · $89 dispatch fee")
                IconLine(Icons.Flag, "Promised: no charge if the part fails again within the year", weight = Weight.PLAIN)
                IconLine(Icons.Box, "Igniter on the truck", weight = Weight.QUIET)
                LinkAction("Show the gate code", { onTap("code") })
            }
        }
        item {
            ActionRow {
                SideAction("Call", Icons.Phone, { onTap("Call") })
                SideAction("Directions", Icons.Directions, { onTap("Directions") })
                SideAction("Flag", Icons.Flag, { onTap("Flag") })
            }
        }
        item { SectionTitle("Before you leave", trailing = "2 of 4") }
        item {
            HouseCard {
                CheckLine(true, "Notes", "done", { onTap("Notes") })
                CheckLine(true, "2 parts", "done", { onTap("parts") })
                CheckLine(false, "Photo of the nameplate", "missing", { onTap("Photo") }, detail = "Shows the model for the warranty")
                CheckLine(false, "Signature", "missing", { onTap("Signature") })
            }
        }
    }
}

@Composable
private fun StatesPage(onTap: (String) -> Unit) {
    Screen(
        title = "Nothing yet",
        saved = { SaveChip(SaveLook.NEEDS_YOU, "needs you · 1", { onTap("saved") }) },
        action = { MainAction("Complete", {}, whyNot = "Take a photo of the nameplate first. The job asks for it.") },
    ) {
        item { EmptyState(Icons.Calendar, "No visits today", "When the office sends you one, it shows up here, with or without signal at the time.", action = "Look at tomorrow", onAction = { onTap("tomorrow") }) }
        item { Banner(BannerLook.WRONG, "This phone is full", body = "What you did so far is safe. Free some space before you take more photos.", action = "Free space", onAction = { onTap("space") }) }
        item { Banner(BannerLook.CAUTION, "You are 600 m from the site", body = "Say why, and check in anyway.") }
        item { Banner(BannerLook.DONE, "Sent. The office has it.") }
        item { LoadingCards("Loading today’s visits", count = 1) }
    }
}

@Composable
private fun PartsPage(onTap: (String) -> Unit) {
    Screen(title = "Parts") {
        item { SectionTitle("Statuses") }
        flow { for ((look, word) in STATUS_WORDS) StatusChip(look, word) }
        item { SectionTitle("Is my work safe?") }
        flow {
            SaveChip(SaveLook.SAVED_HERE, "saved on this phone · 3 to send", { onTap("saved here") })
            SaveChip(SaveLook.SENDING, "sending 2 of 5", { onTap("sending") })
            SaveChip(SaveLook.ALL_SENT, "all sent 14:02", { onTap("all sent") })
            SaveChip(SaveLook.NEEDS_YOU, "needs you · 1", { onTap("needs you") })
        }
        item { SectionTitle("Actions") }
        item { MainAction("I’m here", { onTap("I’m here") }, icon = Icons.Pin) }
        item { MainAction("Saving", { onTap("Saving") }, working = true) }
        item { MainAction("Start work", {}, whyNot = "Check in first.") }
        item { SectionTitle("Icons") }
        flow { for (icon in Icons.all) Icon(icon, icon.name, Modifier.size(28.dp)) }
    }
}

private val STATUS_WORDS = listOf(
    StatusLook.SCHEDULED to "Scheduled",
    StatusLook.DISPATCHED to "Dispatched",
    StatusLook.DECLINED to "Declined",
    StatusLook.TRAVELING to "Traveling",
    StatusLook.ON_SITE to "On site",
    StatusLook.IN_PROGRESS to "In progress",
    StatusLook.PAUSED to "Paused",
    StatusLook.COMPLETED to "Completed",
    StatusLook.CANNOT_COMPLETE to "Cannot complete",
    StatusLook.CANCELED to "Canceled",
)

private fun LazyListScope.flow(content: @Composable () -> Unit) = item {
    FlowRow(
        horizontalArrangement = Arrangement.spacedBy(Space.Small),
        verticalArrangement = Arrangement.spacedBy(Space.Small),
        content = { content() },
    )
}
