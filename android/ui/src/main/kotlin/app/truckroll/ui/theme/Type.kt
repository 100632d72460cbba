package app.truckroll.ui.theme

import androidx.compose.material3.Typography
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.sp

/** Line height in sp of each of the five sizes; there are no others. On the 4-point grid from 15 up, where lines wrap. */
internal val LineHeights = mapOf(13 to 18, 15 to 20, 17 to 24, 20 to 28, 28 to 36)

private fun style(size: Int, weight: FontWeight, family: FontFamily) = TextStyle(
    fontFamily = family,
    fontSize = size.sp,
    lineHeight = LineHeights.getValue(size).sp,
    fontWeight = weight,
    letterSpacing = 0.sp,
    // Times and counts stand under each other, and don't jump while they change.
    fontFeatureSettings = "tnum",
)

/** Material's fifteen styles on the house's five sizes and two weights, so that its components can't bring a sixth. */
internal fun typography(family: FontFamily): Typography {
    val plain = FontWeight.Normal
    val strong = FontWeight.SemiBold
    return Typography(
        displayLarge = style(28, strong, family),
        displayMedium = style(28, strong, family),
        displaySmall = style(28, strong, family),
        headlineLarge = style(28, strong, family),
        headlineMedium = style(28, strong, family),
        headlineSmall = style(20, strong, family),
        titleLarge = style(20, strong, family),
        titleMedium = style(17, strong, family),
        titleSmall = style(15, strong, family),
        bodyLarge = style(17, plain, family),
        bodyMedium = style(15, plain, family),
        bodySmall = style(13, plain, family),
        labelLarge = style(15, strong, family),
        labelMedium = style(13, strong, family),
        labelSmall = style(13, plain, family),
    )
}
