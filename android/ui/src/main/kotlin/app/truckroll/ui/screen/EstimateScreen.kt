package app.truckroll.ui.screen

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.listSaver
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.EstimateLine
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import kotlin.math.roundToLong

/** A line while it is typed. */
private data class Draft(val text: String = "", val quantity: String = "1", val price: String = "") {
    /** The line, once it is whole. */
    fun line(): EstimateLine? {
        val count = numberOf(quantity)?.takeIf { it > 0 } ?: return null
        val cents = numberOf(price)?.let { (it * 100).roundToLong() }?.takeIf { it >= 0 } ?: return null
        return text.trim().takeIf { it.isNotEmpty() }?.let { EstimateLine(it, count, cents) }
    }
}

private val DraftsSaver = listSaver<List<Draft>, String>(
    save = { drafts -> drafts.flatMap { listOf(it.text, it.quantity, it.price) } },
    restore = { words -> words.chunked(3) { (text, quantity, price) -> Draft(text, quantity, price) } },
)

/** An estimate made in the field. The office decides what becomes of it. */
@Composable
fun EstimateScreen(view: VisitView, task: Task, onSave: (title: String, lines: List<EstimateLine>) -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    var title by rememberSaveable { mutableStateOf("") }
    var drafts by rememberSaveable(stateSaver = DraftsSaver) { mutableStateOf(listOf(Draft())) }
    val lines = remember(drafts) { drafts.mapNotNull { it.line() } }
    val whole = title.isNotBlank() && lines.size == drafts.size
    Screen(
        words.estimate,
        subtitle = view.number,
        back = backAction(onBack),
        action = if (view.readOnly) null else {
            {
                MainAction(
                    words.saveEstimate, { onSave(title.trim(), lines) },
                    whyNot = words.estimateNeeds.takeIf { !whole }, working = task.working == VisitModel.ESTIMATE,
                )
            }
        },
    ) {
        problem(task.problem, onDismiss)
        proposals(view, "estimate")
        if (view.readOnly) return@Screen
        item(key = "title") { Field(title, { title = it }, words.estimateTitle) }
        drafts.forEachIndexed { index, draft ->
            fun change(to: Draft) { drafts = drafts.toMutableList().also { it[index] = to } }
            item(key = "line/$index") {
                HouseCard {
                    Field(draft.text, { change(draft.copy(text = it)) }, words.lineText)
                    Field(draft.quantity, { change(draft.copy(quantity = it)) }, words.quantity, number = true)
                    Field(draft.price, { change(draft.copy(price = it)) }, words.price, number = true)
                    if (drafts.size > 1) LinkAction(words.removeLine, { drafts = drafts.filterIndexed { at, _ -> at != index } })
                }
            }
        }
        item(key = "add") { SideAction(words.addLine, Icons.Plus, { drafts = drafts + Draft() }) }
    }
}

/** More work another day. */
@Composable
fun FollowUpScreen(view: VisitView, task: Task, onSave: (reason: String, nextStep: String) -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    var reason by rememberSaveable { mutableStateOf("") }
    var next by rememberSaveable { mutableStateOf("") }
    Screen(
        words.followUp,
        subtitle = view.number,
        back = backAction(onBack),
        action = if (view.readOnly) null else {
            {
                MainAction(
                    words.saveFollowUp, { onSave(reason.trim(), next.trim()) },
                    whyNot = when {
                        reason.isBlank() -> words.reasonNeeded
                        next.isBlank() -> words.nextNeeded
                        else -> null
                    },
                    working = task.working == VisitModel.FOLLOW_UP,
                )
            }
        },
    ) {
        problem(task.problem, onDismiss)
        proposals(view, "follow_up")
        if (view.readOnly) return@Screen
        item(key = "reason") { Field(reason, { reason = it }, words.followUpReason, lines = 3) }
        item(key = "next") { Field(next, { next = it }, words.nextStep, lines = 2) }
    }
}

private fun LazyListScope.proposals(view: VisitView, key: String) {
    val proposals = view.proposals.filter { it.key == key }
    if (proposals.isEmpty()) return
    item(key = "proposed") { SectionTitle(LocalWords.current.proposed) }
    for (proposal in proposals) item(key = proposal.opId) {
        HouseCard {
            Text(proposal.title, style = MaterialTheme.typography.titleSmall)
            for (line in proposal.lines) Text(line, style = MaterialTheme.typography.bodyMedium)
            if (proposal.total.isNotEmpty()) Text(proposal.total, style = MaterialTheme.typography.titleMedium)
            IconLine(Icons.Clock, proposal.at.time, weight = Weight.QUIET)
        }
    }
}
