package app.truckroll.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.unit.Density
import org.jetbrains.skia.Bitmap
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import java.io.File

/** A rendered screen: the file that was written, and its pixels. */
class Picture(val file: File, image: Image) {
    private val bitmap: Bitmap = Bitmap.makeFromImage(image)

    /** How much of the picture is exactly this colour, 0 to 1. */
    fun share(color: Color): Double {
        val wanted = color.value.shr(32).toInt()
        var hits = 0
        for (y in 0 until bitmap.height) for (x in 0 until bitmap.width) if (bitmap.getColor(x, y) == wanted) hits++
        return hits.toDouble() / (bitmap.width * bitmap.height)
    }
}

/** Draws a phone's screen to target/pictures/NAME.png, with no window and no display. Sizes are in dp. */
fun picture(
    name: String,
    width: Int = 411,
    height: Int = 891,
    fontScale: Float = 1f,
    content: @Composable () -> Unit,
): Picture {
    val file = File(System.getProperty("truckroll.pictures"), "$name.png").apply { parentFile.mkdirs() }
    val density = Density(2f, fontScale)
    val scene = ImageComposeScene((width * 2), (height * 2), density) {
        CompositionLocalProvider(LocalDensity provides density, content = content)
    }
    try {
        scene.render(0)
        // A second frame, a second later: entrances are over.
        val image = scene.render(1_000_000_000)
        file.writeBytes(image.encodeToData(EncodedImageFormat.PNG)!!.bytes)
        return Picture(file, image)
    } finally {
        scene.close()
    }
}
