package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableLongStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import app.truckroll.core.TimeEntryView
import app.truckroll.core.TimeView
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Truckroll

/**
 * Corrects when a stretch of time began or ended, with the reason. The office sees both times.
 *
 * @param onSave the fact whose time is wrong, when it really was in milliseconds since 1970 UTC, and why
 */
@Composable
fun CorrectionScreen(
    view: VisitView,
    entry: TimeEntryView,
    task: Task,
    onSave: (target: String, atMs: Long, reason: String) -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    val ends = entry.ends
    var target by rememberSaveable { mutableStateOf(entry.startOp) }
    var movedMs by rememberSaveable { mutableLongStateOf(0) }
    var reason by rememberSaveable { mutableStateOf("") }
    val recorded = ends[target] ?: entry.from
    Screen(
        words.correctTitle(entry.label),
        subtitle = view.number,
        back = backAction(onBack),
        action = {
            MainAction(
                words.saveCorrection,
                { onSave(target, recorded.atMs + movedMs, reason.trim()) },
                whyNot = when {
                    movedMs == 0L -> words.moveFirst
                    reason.isBlank() -> words.reasonNeeded
                    else -> null
                },
                working = task.working == VisitModel.CORRECTION,
            )
        },
    ) {
        problem(task.problem, onDismiss)
        if (ends.size > 1) item(key = "ends") {
            HouseCard {
                Choices(ends.map { (op, at) -> op to if (op == entry.startOp) words.theStart(at.time) else words.theEnd(at.time) }, target, {
                    // The other end begins from its own time.
                    if (it != target) movedMs = 0
                    target = it
                })
            }
        }
        item(key = "when") {
            HouseCard {
                SectionTitle(words.whenReally)
                SiteTime(recorded, movedMs, view.timeZone)
                Steps(words.earlier, "−") { movedMs -= it }
                Steps(words.later, "+") { movedMs += it }
            }
        }
        item(key = "why") { Field(reason, { reason = it }, words.reasonHint, lines = 2) }
    }
}

/** The facts whose time can be wrong, each with what it says now. */
private val TimeEntryView.ends: Map<String, TimeView>
    get() {
        val end = endOp
        val at = to
        return if (end != null && at != null) mapOf(startOp to from, end to at) else mapOf(startOp to from)
    }

/** The time of day at the site, and the day: the engine's own word for it, unless the correction leads to another. */
@Composable
private fun SiteTime(recorded: TimeView, movedMs: Long, zone: String) {
    val before = atSite(recorded.atMs, zone)
    val after = atSite(recorded.atMs + movedMs, zone)
    val time = if (movedMs == 0L) recorded.time else "%02d:%02d".format(after.hour, after.minute)
    val day = if (after.toLocalDate() == before.toLocalDate()) recorded.day else after.toLocalDate().toString()
    FlowRow(
        Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        horizontalArrangement = Arrangement.spacedBy(Space.Small),
        itemVerticalAlignment = Alignment.CenterVertically,
    ) {
        Text(time, style = MaterialTheme.typography.headlineLarge)
        Text(day, style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet)
    }
}

/** A gloved hand hits a step better than a clock's face or a keyboard. */
@Composable
private fun Steps(direction: String, sign: String, onStep: (Long) -> Unit) = ActionRow {
    for ((ms, length) in STEPS) {
        SideAction("$sign $length", null, { onStep(ms) }, Modifier.semantics { contentDescription = "$direction: $length" })
    }
}

private const val MINUTE_MS = 60_000L
private val STEPS = listOf(60 * MINUTE_MS to "1 h", 10 * MINUTE_MS to "10 min", MINUTE_MS to "1 min")
