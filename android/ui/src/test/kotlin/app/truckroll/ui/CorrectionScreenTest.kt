package app.truckroll.ui

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.unit.Density
import app.truckroll.core.TimeView
import app.truckroll.shell.model.Task
import app.truckroll.ui.gallery.Amount
import app.truckroll.ui.gallery.Samples
import app.truckroll.ui.screen.CorrectionScreen
import app.truckroll.ui.screen.isOtherClock
import app.truckroll.ui.theme.TruckrollTheme
import org.junit.Rule
import org.junit.Test
import java.time.Instant
import java.time.ZoneId
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class CorrectionScreenTest {
    @get:Rule val rule = createComposeRule()

    private val startMs = Instant.parse("2026-11-23T05:05:00Z").toEpochMilli()
    private val endMs = startMs + 24 * 60_000
    private val samples = Samples(Amount.TYPICAL)
    private val entry = samples.travelTime.copy(
        from = TimeView(startMs, "00:05", "Mon 23 Nov", false), to = TimeView(endMs, "00:29", "Mon 23 Nov", false),
    )
    private val saved = mutableListOf<Triple<String, Long, String>>()

    private fun show() = rule.setContent {
        CompositionLocalProvider(LocalDensity provides Density(1f)) {
            TruckrollTheme(dark = false) {
                CorrectionScreen(samples.visit, entry, Task(), { target, atMs, reason -> saved += Triple(target, atMs, reason) }, {}, {})
            }
        }
    }

    @Test fun `a time is moved on the site's clock, over midnight too, and saved with its end and the reason`() {
        show()
        rule.onNodeWithText("The end, 00:29").performClick()
        rule.onNodeWithText("− 1 h").performClick()
        rule.onNodeWithText("23:29").assertIsDisplayed()
        rule.onNodeWithText("2026-11-22").assertIsDisplayed()
        rule.onNodeWithContentDescription("Later: 10 min").performClick()
        rule.onNodeWithText("23:39").assertIsDisplayed()
        rule.onNodeWithText("Save the correction").assertIsNotEnabled()
        rule.onNode(hasSetTextAction()).performTextInput(" Forgot to tap ")
        rule.onNodeWithText("Save the correction").performClick()
        assertEquals(listOf(Triple("t2", endMs - 50 * 60_000, "Forgot to tap")), saved)
    }

    @Test fun `the other end begins from its own time, and what wasn't moved isn't saved`() {
        show()
        rule.onNodeWithText("+ 1 min").performClick()
        rule.onNodeWithText("00:06").assertIsDisplayed()
        rule.onNodeWithText("The end, 00:29").performClick()
        rule.onNodeWithText("00:29").assertIsDisplayed()
        rule.onNode(hasSetTextAction()).performTextInput("Forgot to tap")
        rule.onNodeWithText("Set the right time first.").assertIsDisplayed()
        rule.onNodeWithText("Save the correction").assertIsNotEnabled().performClick()
        assertEquals(0, saved.size)
    }

    @Test fun `that times are the site's is said only where the phone's clock says another`() {
        val here = ZoneId.systemDefault()
        val nowMs = startMs
        assertFalse(isOtherClock(here.id, nowMs))
        val elsewhere = listOf("America/Kentucky/Louisville", "Asia/Tokyo").first { ZoneId.of(it).rules != here.rules }
        assertTrue(isOtherClock(elsewhere, nowMs))
        assertFalse(isOtherClock("Not/AZone", nowMs))
    }
}
