package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableLongStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.text.style.TextDecoration
import app.truckroll.core.ActionView
import app.truckroll.core.PacketSection
import app.truckroll.core.RowView
import app.truckroll.core.TimelineView
import app.truckroll.core.UndoView
import app.truckroll.core.VisitView
import app.truckroll.shell.VisitForm
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.Banner
import app.truckroll.ui.component.BannerLook
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.PageLine
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.StatusChip
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.text.Words
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Truckroll
import kotlinx.coroutines.delay

/** What can be tapped on a visit. */
class VisitTaps(
    val back: () -> Unit = {},
    val step: (ActionView) -> Unit = {},
    val undo: () -> Unit = {},
    val call: () -> Unit = {},
    val directions: () -> Unit = {},
    val page: (VisitForm) -> Unit = {},
    val closeout: () -> Unit = {},
    val messages: () -> Unit = {},
    val showCode: () -> Unit = {},
    val hideCode: () -> Unit = {},
    val saved: () -> Unit = {},
    val dismiss: () -> Unit = {},
)

/**
 * A visit: what stands in its way first, then the packet, then what was done.
 *
 * @param gateCode while it is shown; null hides it
 */
@Composable
fun VisitScreen(view: VisitView, task: Task, gateCode: String?, taps: VisitTaps) {
    val words = LocalWords.current
    val main = view.actions.firstOrNull { it.main }
    Screen(
        title = view.title,
        subtitle = listOf(view.number, view.window).filter { it.isNotEmpty() }.joinToString(" · "),
        back = backAction(taps.back),
        saved = { SaveLine(view.save, taps.saved) },
        action = main?.let { action ->
            {
                MainAction(
                    action.label,
                    { taps.step(action) },
                    icon = stepIcon(action.to),
                    whyNot = action.whyNot.takeIf { !action.enabled },
                    working = task.working == action.key,
                )
            }
        },
    ) {
        problem(task.problem, taps.dismiss)
        notices(view.notices)
        item(key = "status") { StatusLine(view, words) }
        view.undo?.let { undo -> item(key = "undo") { UndoOffer(undo, taps.undo) } }
        for (section in view.packet.filter { it.key in FIRST }) packet(section)
        gateCode(view, gateCode, taps)
        if (view.changes.isNotEmpty()) item(key = "changes") {
            val body = view.changes.joinToString("\n") { "${it.label}: ${it.after.ifEmpty { words.nothing }}" }
            Banner(BannerLook.INFO, words.changed, body = body, action = words.seeChanges, onAction = { taps.page(VisitForm.CHANGES) })
        }
        if (view.missing.isNotEmpty()) item(key = "missing") {
            Banner(
                BannerLook.CAUTION, words.missingTitle, body = view.missing.joinToString("\n") { "• $it" },
                action = words.markAction, onAction = { taps.page(VisitForm.HANDOFF) },
            )
        }
        item(key = "contact") { ContactCard(view, taps, words) }
        for (section in view.packet.filter { it.key !in FIRST }) packet(section)
        item(key = "mark") { LinkAction(words.markAction, { taps.page(VisitForm.HANDOFF) }) }
        item(key = "work") { WorkCard(view, taps, words) }
        otherSteps(view, task, taps)
        if (view.crew.isNotEmpty()) item(key = "crew") {
            HouseCard {
                SectionTitle(words.crew)
                for (other in view.crew) {
                    FlowRow(horizontalArrangement = Arrangement.spacedBy(Space.Small), itemVerticalAlignment = Alignment.CenterVertically) {
                        Text("${other.name} · ${other.role}", style = MaterialTheme.typography.bodyLarge)
                        StatusChip(other.status.look, other.statusLabel)
                    }
                }
            }
        }
        if (view.timeline.isNotEmpty()) {
            item(key = "history") { SectionTitle(words.history) }
            for (entry in view.timeline) item(key = entry.opId) { TimelineEntry(entry, words) }
        }
    }
}

/** What one must know before anything else: the reason for the call, and what stands in the way. */
private val FIRST = setOf(REASON, ACCESS)
private const val REASON = "call"
private const val ACCESS = "access"

@Composable
private fun StatusLine(view: VisitView, words: Words) {
    Column(verticalArrangement = Arrangement.spacedBy(Space.Small)) {
        FlowRow(
            horizontalArrangement = Arrangement.spacedBy(Space.Small),
            verticalArrangement = Arrangement.spacedBy(Space.Small),
            itemVerticalAlignment = Alignment.CenterVertically,
        ) {
            StatusChip(view.status.look, view.statusLabel)
            view.statusSince?.let { Text(words.since(it.time), style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet) }
        }
        for (badge in view.badges) IconLine(badgeIcon(badge), badge.label, weight = badge.tone.weight)
        val otherClock = remember(view.timeZone) { isOtherClock(view.timeZone) }
        if (otherClock) IconLine(Icons.Clock, words.siteTime(view.timeZone), weight = Weight.CAUTION)
    }
}

/** The offer to take the latest step back, with the time that is left for it. */
@Composable
internal fun UndoOffer(undo: UndoView, onUndo: () -> Unit) {
    val words = LocalWords.current
    var leftMs by remember(undo) { mutableLongStateOf(undo.leftMs) }
    LaunchedEffect(undo) {
        while (leftMs > 0) {
            delay(TICK_MS)
            leftMs -= TICK_MS
        }
    }
    if (leftMs <= 0) return
    FlowRow(horizontalArrangement = Arrangement.spacedBy(Space.Between), itemVerticalAlignment = Alignment.CenterVertically) {
        SideAction(undo.label, Icons.Undo, onUndo)
        Text(
            words.undoLeft("%d:%02d".format(leftMs / 60_000, leftMs / 1_000 % 60)),
            style = MaterialTheme.typography.bodyMedium,
            color = Truckroll.colors.quiet,
        )
    }
}

private const val TICK_MS = 1_000L

@Composable
private fun ContactCard(view: VisitView, taps: VisitTaps, words: Words) = HouseCard {
    Text(view.contact.name, style = MaterialTheme.typography.titleMedium)
    if (view.contact.tier.isNotEmpty()) Text(view.contact.tier, style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet)
    Text(view.contact.address, style = MaterialTheme.typography.bodyMedium)
    if (view.contact.phone.isNotEmpty()) Text(view.contact.phone, style = MaterialTheme.typography.bodyMedium)
    ActionRow {
        if (view.contact.callUri.isNotEmpty()) SideAction(words.call, Icons.Phone, taps.call)
        SideAction(words.directions, Icons.Directions, taps.directions)
        if (!view.readOnly) SideAction(words.flag, Icons.Flag, { taps.page(VisitForm.FLAG) })
        SideAction(words.messages, Icons.Message, taps.messages)
    }
}

private fun LazyListScope.gateCode(view: VisitView, shown: String?, taps: VisitTaps) {
    val gate = view.gateCode ?: return
    item(key = "gate_code") {
        val words = LocalWords.current
        HouseCard {
            IconLine(Icons.Key, gate.label)
            if (gate.available && shown == null) LinkAction(words.showCode, taps.showCode)
            if (shown != null) {
                Text(shown, style = MaterialTheme.typography.headlineLarge)
                LinkAction(words.hideCode, taps.hideCode)
            }
        }
    }
}

private fun LazyListScope.packet(section: PacketSection) {
    if (section.rows.isEmpty()) return
    item(key = "packet/${section.key}") {
        HouseCard(strong = section.key == ACCESS) {
            IconLine(packetIcon(section.key), section.title, weight = Weight.QUIET)
            for ((index, row) in section.rows.withIndex()) {
                // The section's title has said what it is.
                val lead = section.key == REASON && index == 0 && row.values.isNotEmpty() && !row.changed && !row.marked
                if (lead) for (value in row.values) Text(value, style = MaterialTheme.typography.titleLarge)
                else PacketRow(row, section.key == ACCESS)
            }
        }
    }
}

@Composable
private fun PacketRow(row: RowView, access: Boolean) {
    val words = LocalWords.current
    Column(verticalArrangement = Arrangement.spacedBy(Space.Tight)) {
        val marks = listOfNotNull(row.label, words.changedTag.takeIf { row.changed }, words.markedTag.takeIf { row.marked })
        Text(marks.joinToString(" · "), style = MaterialTheme.typography.bodySmall, color = Truckroll.colors.quiet)
        when {
            row.missing -> IconLine(Icons.Warning, words.notSaid, weight = Weight.CAUTION)
            access && row.field.startsWith("hazard") -> for (value in row.values) IconLine(Icons.Warning, value, weight = Weight.CAUTION)
            else -> for (value in row.values) Text(value, style = MaterialTheme.typography.bodyLarge)
        }
    }
}

/** Everything that can be written down here, with how much there is. */
@Composable
private fun WorkCard(view: VisitView, taps: VisitTaps, words: Words) = HouseCard {
    SectionTitle(words.work)
    val answered = view.checklist.count { it.value.isNotEmpty() }
    PageLine(Icons.Pin, words.checkIn, view.checkIn?.let { "${it.label} · ${it.distance}" } ?: words.count(0)) { taps.page(VisitForm.CHECK_IN) }
    PageLine(Icons.Camera, words.photos, words.count(view.photos.size)) { taps.page(VisitForm.PHOTOS) }
    PageLine(Icons.Note, words.notes, words.count(view.notes.size)) { taps.page(VisitForm.NOTES) }
    if (view.checklist.isNotEmpty()) PageLine(Icons.Check, words.checklist, "$answered / ${view.checklist.size}") { taps.page(VisitForm.CHECKLIST) }
    PageLine(Icons.Box, words.parts, words.count(view.parts.size)) { taps.page(VisitForm.PARTS) }
    PageLine(Icons.Clock, words.time, view.running?.let { words.running(it.label) } ?: words.count(view.times.size)) { taps.page(VisitForm.TIME) }
    PageLine(Icons.Money, words.estimate, words.count(view.proposals.count { it.key == "estimate" })) { taps.page(VisitForm.ESTIMATE) }
    PageLine(Icons.Calendar, words.followUp, words.count(view.proposals.count { it.key == "follow_up" })) { taps.page(VisitForm.FOLLOW_UP) }
    PageLine(Icons.Signature, words.signature, view.signature?.let { words.signedBy(it.signer) } ?: words.count(0)) { taps.page(VisitForm.SIGNATURE) }
    PageLine(Icons.Flag, words.closeout, if (view.openItems == 0u) words.done else "${view.openItems} · ${words.missing}", taps.closeout)
}

/** The steps beside the main one; those that aren't possible say why. */
private fun LazyListScope.otherSteps(view: VisitView, task: Task, taps: VisitTaps) {
    val others = view.actions.filter { !it.main }
    if (others.isEmpty()) return
    item(key = "steps") {
        HouseCard {
            SectionTitle(LocalWords.current.otherSteps)
            for (action in others) {
                SideAction(action.label, stepIcon(action.to) ?: Icons.Forward, { taps.step(action) }, enabled = action.enabled && task.working == null)
                action.whyNot?.takeIf { !action.enabled }?.let { IconLine(Icons.Info, it, weight = Weight.QUIET) }
            }
        }
    }
}

@Composable
private fun TimelineEntry(entry: TimelineView, words: Words) {
    Column(verticalArrangement = Arrangement.spacedBy(Space.Tight)) {
        Text(
            entry.text,
            style = MaterialTheme.typography.bodyLarge,
            textDecoration = if (entry.undone) TextDecoration.LineThrough else null,
            color = if (entry.undone) Truckroll.colors.quiet else Truckroll.colors.ink,
        )
        val about = listOf(entry.at.time, entry.by) + entry.marks + listOfNotNull(words.undone.takeIf { entry.undone })
        DeliveryLine(words, entry.delivery, about.filter { it.isNotEmpty() }.joinToString(" · "))
    }
}
