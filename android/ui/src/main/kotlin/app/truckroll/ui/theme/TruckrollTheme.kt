package app.truckroll.ui.theme

import androidx.compose.animation.core.FiniteAnimationSpec
import androidx.compose.animation.core.snap
import androidx.compose.animation.core.tween
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Shapes
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.remember
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp

/** The longest motion in milliseconds; motion only shows where something came from. */
const val MOTION_MS = 160

private val LocalReducedMotion = staticCompositionLocalOf { false }

/** What the theme gives beyond Material's own: `Truckroll.colors`, `Truckroll.motion()`. */
object Truckroll {
    val colors: TruckrollColors
        @Composable @ReadOnlyComposable get() = LocalColors.current

    val reducedMotion: Boolean
        @Composable @ReadOnlyComposable get() = LocalReducedMotion.current

    /** The house's one animation, or none where the viewer asked for less motion. */
    @Composable
    @ReadOnlyComposable
    fun <T> motion(): FiniteAnimationSpec<T> = if (reducedMotion) snap() else tween(MOTION_MS)
}

/** The colours of an appearance. */
fun truckrollColors(dark: Boolean, highContrast: Boolean): TruckrollColors = when {
    highContrast && dark -> HighContrastDarkColors
    highContrast -> HighContrastColors
    dark -> DarkColors
    else -> LightColors
}

/**
 * The look of every screen.
 *
 * @param highContrast drops every tint, for full sun and for low vision
 * @param reducedMotion draws changes at once
 * @param fontFamily the platform's own unless the host knows a better one (the Linux desktop's default is not made for screens)
 */
@Composable
fun TruckrollTheme(
    dark: Boolean = isSystemInDarkTheme(),
    highContrast: Boolean = false,
    reducedMotion: Boolean = false,
    fontFamily: FontFamily = FontFamily.Default,
    content: @Composable () -> Unit,
) {
    val colors = truckrollColors(dark, highContrast)
    CompositionLocalProvider(LocalColors provides colors, LocalReducedMotion provides reducedMotion) {
        MaterialTheme(
            colorScheme = remember(colors) { materialColors(colors) },
            typography = remember(fontFamily) { typography(fontFamily) },
            shapes = HouseShapes,
        ) {
            CompositionLocalProvider(LocalContentColor provides colors.ink, content = content)
        }
    }
}

private val HouseShapes = Shapes(
    extraSmall = RoundedCornerShape(4.dp),
    small = RoundedCornerShape(8.dp),
    medium = RoundedCornerShape(12.dp),
    large = RoundedCornerShape(16.dp),
    extraLarge = RoundedCornerShape(24.dp),
)

/** Material's roles in the house's colours, for the components that we take as they are: fields, switches, dialogs, sheets. */
private fun materialColors(colors: TruckrollColors): ColorScheme {
    val base = if (colors.isDark) darkColorScheme() else lightColorScheme()
    return base.copy(
        primary = colors.link,
        onPrimary = colors.onLink,
        primaryContainer = colors.info.container,
        onPrimaryContainer = colors.info.content,
        secondary = colors.ink,
        onSecondary = colors.ground,
        secondaryContainer = colors.neutral.container,
        onSecondaryContainer = colors.neutral.content,
        tertiary = colors.action,
        onTertiary = colors.onAction,
        tertiaryContainer = colors.warning.container,
        onTertiaryContainer = colors.warning.content,
        background = colors.ground,
        onBackground = colors.ink,
        surface = colors.ground,
        onSurface = colors.ink,
        surfaceVariant = colors.resting,
        onSurfaceVariant = colors.quiet,
        surfaceTint = colors.card,
        surfaceBright = colors.card,
        surfaceDim = colors.resting,
        surfaceContainerLowest = colors.ground,
        surfaceContainerLow = colors.card,
        surfaceContainer = colors.card,
        surfaceContainerHigh = colors.card,
        surfaceContainerHighest = colors.resting,
        inverseSurface = colors.ink,
        inverseOnSurface = colors.ground,
        inversePrimary = colors.action,
        error = colors.wrong,
        onError = colors.onWrong,
        errorContainer = colors.danger.container,
        onErrorContainer = colors.danger.content,
        outline = colors.quiet,
        outlineVariant = colors.hairline,
    )
}
