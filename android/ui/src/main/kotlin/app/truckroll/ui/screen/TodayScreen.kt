package app.truckroll.ui.screen

import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.SideEffect
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Modifier
import app.truckroll.core.ActionView
import app.truckroll.core.TodayView
import app.truckroll.core.VisitCard
import app.truckroll.ui.component.Banner
import app.truckroll.ui.component.BannerLook
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.VisitHint
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Target

/** What can be tapped on the day's list. */
class TodayTaps(
    val open: (visit: String) -> Unit = {},
    val step: (visit: String, action: ActionView) -> Unit = { _, _ -> },
    val later: () -> Unit = {},
    val sync: () -> Unit = {},
    val attention: () -> Unit = {},
    val messages: () -> Unit = {},
    val settings: () -> Unit = {},
)

/** Told the visit of each row that is composed: for the test that counts them. */
internal val LocalRowComposed = staticCompositionLocalOf<(String) -> Unit> { {} }

/** A row's whole input. Compared by value, so that a new list with one other visit composes one row. */
@Immutable
internal data class VisitRow(val card: VisitCard, val next: Boolean)

/** The day: what is next, what comes, what is done, and whether the work is safe. */
@Composable
fun TodayScreen(view: TodayView, taps: TodayTaps) {
    val words = LocalWords.current
    val next = view.sections.firstOrNull { it.key == "now" || it.key == "today" }?.visits?.firstOrNull { it.action != null }
    Screen(
        title = view.date,
        subtitle = view.age,
        state = rememberLazyListState(),
        trailing = {
            Row {
                IconButton(taps.messages, Modifier.size(Target.Rest)) { Icon(Icons.Message, words.messages) }
                IconButton(taps.settings, Modifier.size(Target.Rest)) { Icon(Icons.Settings, words.settings) }
            }
        },
        saved = { SaveLine(view.save, if (view.attention > 0u) taps.attention else taps.sync) },
        action = next?.action?.let { action ->
            {
                MainAction(
                    "${action.label} · ${next.customer}",
                    { taps.step(next.visit, action) },
                    icon = stepIcon(action.to),
                    whyNot = action.whyNot.takeIf { !action.enabled },
                )
            }
        },
    ) {
        notices(view.notices)
        if (view.attention > 0u) item(key = "attention") {
            Banner(BannerLook.CAUTION, words.attentionCount(view.attention.toInt()), body = words.needsYouBody, action = words.decide, onAction = taps.attention)
        }
        if (view.unread > 0u) item(key = "unread") {
            Banner(BannerLook.INFO, words.unreadCount(view.unread.toInt()), action = words.messages, onAction = taps.messages)
        }
        if (view.sections.isEmpty()) item(key = "empty") { EmptyState(Icons.Calendar, words.todayEmptyTitle, view.empty) }
        for (section in view.sections) {
            item(key = "section/${section.key}") { SectionTitle(section.title, trailing = "${section.visits.size}") }
            items(section.visits, key = { it.visit }, contentType = { "visit" }) { card ->
                VisitRowItem(VisitRow(card, card.visit == next?.visit), taps.open)
            }
        }
        view.later?.let { later -> item(key = "later") { SideAction(later.label, Icons.Calendar, taps.later) } }
        if (view.moved.isNotEmpty()) {
            item(key = "moved") { SectionTitle(words.movedTitle) }
            items(view.moved, key = { "moved/${it.visit}" }) { moved ->
                FlowRow {
                    IconLine(Icons.Forward, "${moved.number}: ${moved.text}", weight = Weight.QUIET)
                    if (moved.unsent > 0u) IconLine(Icons.Saved, words.unsentCount(moved.unsent.toInt()), weight = Weight.CAUTION)
                }
            }
        }
    }
}

@Composable
internal fun VisitRowItem(row: VisitRow, onOpen: (String) -> Unit) {
    val words = LocalWords.current
    val composed = LocalRowComposed.current
    val card = row.card
    SideEffect { composed(card.visit) }
    val hints = buildList {
        for (badge in card.badges) add(badge.hint)
        if (card.unsent > 0u) add(VisitHint(Icons.Saved, words.unsentCount(card.unsent.toInt())))
    }
    app.truckroll.ui.component.VisitCard(
        window = card.window.ifEmpty { card.day },
        title = card.reason.ifEmpty { card.title },
        place = "${card.customer} · ${card.address}",
        status = card.status.look,
        statusWord = card.statusLabel,
        onClick = { onOpen(card.visit) },
        hints = hints,
        next = row.next,
    )
}
