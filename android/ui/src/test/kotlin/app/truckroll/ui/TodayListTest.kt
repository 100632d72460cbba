package app.truckroll.ui

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.mutableStateOf
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasScrollToIndexAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToIndex
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.unit.Density
import app.truckroll.ui.gallery.Amount
import app.truckroll.ui.gallery.Samples
import app.truckroll.ui.screen.LocalRowComposed
import app.truckroll.ui.screen.TodayScreen
import app.truckroll.ui.screen.TodayTaps
import app.truckroll.ui.theme.TruckrollTheme
import org.junit.Rule
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class TodayListTest {
    @get:Rule val rule = createComposeRule()

    @Test fun `of two thousand visits only those on the screen are composed, and a change composes one row`() {
        val sample = Samples(Amount.TYPICAL).today
        val card = sample.sections.first().visits.last()
        // Fresh records each time, as the engine gives them: rows are compared by what they hold.
        fun day(changed: Int? = null) = sample.copy(
            notices = emptyList(), moved = emptyList(), attention = 0u, unread = 0u,
            sections = listOf(sample.sections.first().copy(visits = List(VISITS) { card.copy(visit = "v$it", badges = card.badges.toList(), reason = if (it == changed) "Changed" else "Visit $it") })),
        )
        val composed = mutableListOf<String>()
        val view = mutableStateOf(day())
        val taps = TodayTaps()
        rule.setContent {
            CompositionLocalProvider(LocalDensity provides Density(1f), LocalRowComposed provides { composed += it }) {
                TruckrollTheme(dark = false) { TodayScreen(view.value, taps) }
            }
        }
        rule.waitForIdle()
        assertTrue(composed.toSet().size in 3..25, "${composed.toSet().size} rows for one screen")

        composed.clear()
        view.value = day(changed = 1)
        rule.onNodeWithText("Changed").assertIsDisplayed()
        assertEquals(listOf("v1"), composed)

        composed.clear()
        rule.onNode(hasScrollToIndexAction()).performScrollToIndex(VISITS - 5)
        rule.waitForIdle()
        assertTrue(composed.toSet().size in 3..40, "${composed.toSet().size} rows after a jump")
    }

    @Test fun `later visits are counted and shown on a tap`() {
        val day = Samples(Amount.TYPICAL).today
        var asked = 0
        rule.setContent { TruckrollTheme(dark = false) { TodayScreen(day, TodayTaps(later = { asked += 1 })) } }
        val label = requireNotNull(day.later).label
        rule.onNode(hasScrollToIndexAction()).performScrollToNode(hasText(label))
        rule.onNodeWithText(label).performClick()
        assertEquals(1, asked)
    }

    private companion object {
        const val VISITS = 2_000
    }
}
