package app.truckroll.desktop

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.width
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.unit.dp
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.port.Panel
import app.truckroll.ui.TruckrollApp
import app.truckroll.ui.desktopFontFamily
import org.jetbrains.skia.Image

/** What the window shows: the technician's app as on a phone, and beside it the hardware that a laptop lacks. */
@Composable
fun DesktopApp(model: AppModel, panel: Panel, showPanel: Boolean = true) {
    Row(Modifier.fillMaxSize()) {
        androidx.compose.foundation.layout.Box(if (showPanel) Modifier.width(PHONE_WIDTH) else Modifier.weight(1f)) {
            TruckrollApp(model, ::decode, desktopFontFamily())
        }
        if (showPanel) HardwarePanel(panel, Modifier.weight(1f))
    }
}

/** A phone's width. */
val PHONE_WIDTH = 411.dp

private fun decode(bytes: ByteArray): ImageBitmap? = try {
    Image.makeFromEncoded(bytes).toComposeImageBitmap()
} catch (_: IllegalArgumentException) {
    null
}
