package app.truckroll.ui.theme

import androidx.compose.runtime.Immutable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color

/** The house colours by name. Screens never use these: they ask [TruckrollColors] for a role. */
internal object Palette {
    val Ink = Color(0xFF15181C)
    val InkRaised = Color(0xFF1E2227)
    val InkDeep = Color(0xFF101215)
    val Paper = Color(0xFFFAFAF7)
    val White = Color(0xFFFFFFFF)
    val Black = Color(0xFF000000)
    val HiVis = Color(0xFFFFB000)
}

/** The colours of one kind of message or status: what is written, on what, and the line around it. */
@Immutable
data class Tone(val content: Color, val container: Color, val outline: Color)

/**
 * What a colour is for. Every pair of text and ground is at least 4.5 : 1, which a test computes for each appearance.
 *
 * @property action the one main action of a screen, and nothing else
 * @property quiet text that supports: labels, ages, addresses
 * @property hairline dividers and the edge of a card
 * @property stale text of data too old to trust; it fades but stays readable
 */
@Immutable
data class TruckrollColors(
    val ground: Color,
    val card: Color,
    val ink: Color,
    val quiet: Color,
    val stale: Color,
    val hairline: Color,
    val action: Color,
    val onAction: Color,
    val resting: Color,
    val onResting: Color,
    val link: Color,
    val onLink: Color,
    val wrong: Color,
    val onWrong: Color,
    val neutral: Tone,
    val info: Tone,
    val warning: Tone,
    val danger: Tone,
    val done: Tone,
    val scheduled: Tone,
    val dispatched: Tone,
    val traveling: Tone,
    val onSite: Tone,
    val inProgress: Tone,
    val paused: Tone,
    val completed: Tone,
    val cannotComplete: Tone,
    val canceled: Tone,
    val isDark: Boolean,
    val isHighContrast: Boolean,
)

internal val LightColors = run {
    val slate = Tone(Color(0xFF3D4854), Color(0xFFE9ECEF), Color(0xFFE9ECEF))
    val blue = Tone(Color(0xFF0B4CB4), Color(0xFFE3ECFB), Color(0xFFE3ECFB))
    val amber = Tone(Color(0xFF6B4600), Color(0xFFFFEFC9), Color(0xFFFFEFC9))
    val red = Tone(Color(0xFF9A1B14), Color(0xFFFBE6E4), Color(0xFFFBE6E4))
    val green = Tone(Color(0xFF17603A), Color(0xFFDFF2E6), Color(0xFFDFF2E6))
    TruckrollColors(
        ground = Palette.Paper,
        card = Palette.White,
        ink = Palette.Ink,
        quiet = Color(0xFF565E67),
        stale = Color(0xFF6B727A),
        hairline = Color(0xFFE2E2DC),
        action = Palette.HiVis,
        onAction = Palette.Ink,
        resting = Color(0xFFE9E9E3),
        onResting = Color(0xFF565E67),
        link = Color(0xFF0B57D0),
        onLink = Palette.White,
        wrong = Color(0xFFB3261E),
        onWrong = Palette.White,
        neutral = slate,
        info = blue,
        warning = amber,
        danger = red,
        done = green,
        scheduled = slate,
        dispatched = blue.copy(container = Palette.White, outline = Color(0xFF0B57D0)),
        traveling = blue,
        onSite = Tone(Color(0xFF5B2A9D), Color(0xFFEFE6FA), Color(0xFFEFE6FA)),
        inProgress = green,
        paused = amber,
        completed = Tone(Palette.Paper, Palette.Ink, Palette.Ink),
        cannotComplete = red,
        canceled = Tone(Color(0xFF5E656D), Color(0xFFF0F0EC), Color(0xFFF0F0EC)),
        isDark = false,
        isHighContrast = false,
    )
}

internal val DarkColors = run {
    val slate = Tone(Color(0xFFC9D1DA), Color(0xFF2C333A), Color(0xFF2C333A))
    val blue = Tone(Color(0xFFA9C7FF), Color(0xFF15305C), Color(0xFF15305C))
    val amber = Tone(Color(0xFFFFD27A), Color(0xFF463200), Color(0xFF463200))
    val red = Tone(Color(0xFFFFB4AB), Color(0xFF5A1612), Color(0xFF5A1612))
    val green = Tone(Color(0xFF8FDDB0), Color(0xFF103D26), Color(0xFF103D26))
    TruckrollColors(
        ground = Palette.InkDeep,
        card = Palette.InkRaised,
        ink = Color(0xFFF1F1EC),
        quiet = Color(0xFFA9B1BA),
        stale = Color(0xFF929AA3),
        hairline = Color(0xFF333A41),
        action = Palette.HiVis,
        onAction = Palette.Ink,
        resting = Color(0xFF2C333A),
        onResting = Color(0xFFB4BCC5),
        link = Color(0xFFA9C7FF),
        onLink = Palette.Ink,
        wrong = Color(0xFFFFB4AB),
        onWrong = Palette.Ink,
        neutral = slate,
        info = blue,
        warning = amber,
        danger = red,
        done = green,
        scheduled = slate,
        dispatched = blue.copy(container = Palette.InkRaised, outline = Color(0xFF7FA9F5)),
        traveling = blue,
        onSite = Tone(Color(0xFFD9BFFF), Color(0xFF3A2360), Color(0xFF3A2360)),
        inProgress = green,
        paused = amber,
        completed = Tone(Palette.Ink, Color(0xFFF1F1EC), Color(0xFFF1F1EC)),
        cannotComplete = red,
        canceled = Tone(Color(0xFFA2A9B1), Color(0xFF262B30), Color(0xFF262B30)),
        isDark = true,
        isHighContrast = false,
    )
}

/** No tint at all: black on white or white on black, with a line around everything. Amber stays the action's alone. */
private fun highContrast(paper: Color, ink: Color, link: Color, wrong: Color, dark: Boolean): TruckrollColors {
    val outlined = Tone(ink, paper, ink)
    val filled = Tone(paper, ink, ink)
    return TruckrollColors(
        ground = paper,
        card = paper,
        ink = ink,
        quiet = ink,
        stale = ink,
        hairline = ink,
        action = Palette.HiVis,
        onAction = Palette.Black,
        resting = paper,
        onResting = ink,
        link = link,
        onLink = paper,
        wrong = wrong,
        onWrong = paper,
        neutral = outlined,
        info = outlined,
        warning = outlined,
        danger = Tone(wrong, paper, wrong),
        done = outlined,
        scheduled = outlined,
        dispatched = outlined,
        traveling = filled,
        onSite = filled,
        inProgress = filled,
        paused = outlined,
        completed = filled,
        cannotComplete = Tone(wrong, paper, wrong),
        canceled = outlined,
        isDark = dark,
        isHighContrast = true,
    )
}

internal val HighContrastColors =
    highContrast(Palette.White, Palette.Black, link = Color(0xFF0038A8), wrong = Color(0xFF9B0000), dark = false)
internal val HighContrastDarkColors =
    highContrast(Palette.Black, Palette.White, link = Color(0xFFBBD4FF), wrong = Color(0xFFFFB4AB), dark = true)

internal val LocalColors = staticCompositionLocalOf { LightColors }
