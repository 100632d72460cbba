package app.truckroll.desktop

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState

/** Opens the window, a phone's size. */
fun main() = application {
    Window(::exitApplication, rememberWindowState(size = DpSize(411.dp, 891.dp)), title = "Truckroll") {
        DesktopApp(dark = isSystemInDarkTheme())
    }
}
