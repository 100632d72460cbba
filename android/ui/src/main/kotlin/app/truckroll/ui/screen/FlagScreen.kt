package app.truckroll.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.FlagKind
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons

/** Something that the office should know now. */
@Composable
fun FlagScreen(
    view: VisitView,
    task: Task,
    onRaise: (FlagKind, text: String, delayMinutes: Int?) -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    var chosen by rememberSaveable { mutableStateOf<String?>(null) }
    var text by rememberSaveable { mutableStateOf("") }
    var delay by rememberSaveable { mutableStateOf(DELAYS.first()) }
    val kind = FlagKind.entries.find { it.name.lowercase() == chosen }
    Screen(
        words.flagTitle,
        subtitle = view.number,
        back = backAction(onBack),
        action = {
            MainAction(
                words.raise,
                { kind?.let { onRaise(it, text.trim(), delay.takeIf { _ -> it == FlagKind.DELAY }) } },
                icon = Icons.Flag,
                whyNot = words.chooseFlag.takeIf { kind == null },
                working = kind != null && task.working == kind.name,
            )
        },
    ) {
        problem(task.problem, onDismiss)
        item(key = "kinds") { HouseCard { Choices(view.flagKinds.map { it.key to it.label }, chosen, { chosen = it }) } }
        if (kind == FlagKind.DELAY) item(key = "delay") {
            HouseCard {
                SectionTitle(words.delayBy)
                Choices(DELAYS.map { it to words.minutes(it) }, delay, { delay = it })
            }
        }
        item(key = "text") { Field(text, { text = it }, words.flagHint, lines = 3) }
        if (view.flags.isNotEmpty()) {
            item(key = "raised") { SectionTitle(words.raised) }
            for (flag in view.flags) item(key = flag.opId) {
                val eta = flag.newEta?.let { " → ${it.time}" }.orEmpty()
                IconLine(Icons.Flag, "${flag.label}$eta · ${flag.at.time}\n${flag.text}".trim(), weight = Weight.QUIET)
            }
        }
    }
}

private val DELAYS = listOf(15, 30, 60, 120)
