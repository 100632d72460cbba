package app.truckroll.ui

import androidx.compose.ui.text.ExperimentalTextApi
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.SystemFont
import org.jetbrains.skia.FontMgr

/** Android's own typeface where it is installed, so that the desktop shows what the phone will; else the desktop's default. */
@OptIn(ExperimentalTextApi::class)
fun desktopFontFamily(): FontFamily {
    val installed = FontMgr.default
    return if ((0 until installed.familiesCount).any { installed.getFamilyName(it) == ROBOTO }) {
        FontFamily(SystemFont(ROBOTO, FontWeight.Normal), SystemFont(ROBOTO, FontWeight.SemiBold))
    } else {
        FontFamily.Default
    }
}

private const val ROBOTO = "Roboto"
