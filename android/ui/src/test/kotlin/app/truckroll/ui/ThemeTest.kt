package app.truckroll.ui

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import app.truckroll.ui.theme.Tone
import app.truckroll.ui.theme.TruckrollColors
import app.truckroll.ui.theme.truckrollColors
import app.truckroll.ui.theme.typography
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ThemeTest {
    private val appearances = listOf(false, true).flatMap { dark -> listOf(false, true).map { truckrollColors(dark, it) } }

    /** WCAG 2's contrast ratio, 1 to 21. */
    private fun contrast(one: Color, other: Color): Double {
        val (low, high) = listOf(one.luminance().toDouble(), other.luminance().toDouble()).sorted()
        return (high + 0.05) / (low + 0.05)
    }

    private fun tones(colors: TruckrollColors): List<Tone> = with(colors) {
        listOf(neutral, info, warning, danger, done, scheduled, dispatched, traveling, onSite, inProgress, paused, completed, cannotComplete, canceled)
    }

    @Test fun `the contrast ratio is WCAG's`() {
        assertEquals(21.0, contrast(Color.Black, Color.White), 0.01)
        assertEquals(4.54, contrast(Color(0xFF767676), Color.White), 0.01)
    }

    @Test fun `text is readable on its ground in every appearance`() {
        for (colors in appearances) with(colors) {
            val pairs = tones(colors).map { it.content to it.container } +
                listOf(ground, card).flatMap { back -> listOf(ink, quiet, stale, link, wrong, warning.content, done.content).map { it to back } } +
                listOf(onAction to action, onResting to resting, onLink to link, onWrong to wrong)
            for ((text, back) in pairs) assertTrue(contrast(text, back) >= 4.5, "$text on $back is ${contrast(text, back)} (dark $isDark, high contrast $isHighContrast)")
        }
    }

    @Test fun `the main action stands out from what it lies on, about 10 to 1 under its text`() {
        for (colors in appearances) {
            assertTrue(contrast(colors.onAction, colors.action) >= 9.5)
            assertTrue(colors.onAction.luminance() < 0.02)
        }
    }

    @Test fun `high contrast has no tint and at least 7 to 1`() {
        for (colors in appearances.filter { it.isHighContrast }) {
            for (tone in tones(colors)) {
                assertTrue(tone.container == Color.Black || tone.container == Color.White)
                assertTrue(contrast(tone.content, tone.container) >= 7.0)
                assertTrue(contrast(tone.outline, colors.ground) >= 7.0, "no edge")
            }
        }
    }

    @Test fun `five sizes, two weights, tabular figures`() {
        val type = typography(FontFamily.Default)
        val house = listOf(
            type.displayLarge, type.displayMedium, type.displaySmall, type.headlineLarge, type.headlineMedium, type.headlineSmall,
            type.titleLarge, type.titleMedium, type.titleSmall, type.bodyLarge, type.bodyMedium, type.bodySmall,
            type.labelLarge, type.labelMedium, type.labelSmall,
        )
        assertEquals(setOf(13f, 15f, 17f, 20f, 28f), house.map { it.fontSize.value }.toSet())
        assertEquals(setOf(FontWeight.Normal, FontWeight.SemiBold), house.map { it.fontWeight }.toSet())
        assertTrue(house.all { it.fontFeatureSettings == "tnum" })
    }
}
