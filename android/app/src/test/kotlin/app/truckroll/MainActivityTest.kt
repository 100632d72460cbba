package app.truckroll

import android.content.res.Configuration
import android.graphics.Bitmap
import android.os.Build
import androidx.compose.ui.graphics.asAndroidBitmap
import androidx.compose.ui.test.assertHeightIsAtLeast
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.junit4.v2.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.unit.dp
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@RunWith(AndroidJUnit4::class)
class MainActivityTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    private val actionColor = 0xFFFFB000.toInt()

    /** Writes what the screen shows to target/pictures, and returns it. */
    private fun picture(name: String): Bitmap {
        val bitmap = rule.onRoot().captureToImage().asAndroidBitmap()
        val file = File(System.getProperty("truckroll.pictures"), "$name-api${Build.VERSION.SDK_INT}.png").apply { parentFile!!.mkdirs() }
        file.outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
        return bitmap
    }

    private fun Bitmap.share(color: Int): Double {
        val pixels = IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }
        return pixels.count { it == color }.toDouble() / pixels.size
    }

    @Test fun `the look is drawn by this Android's own graphics`() {
        rule.onNodeWithText("I’m on my way").assertIsDisplayed().assertHeightIsAtLeast(56.dp)
        val picture = picture("list")
        assertTrue(picture.share(actionColor) > 0.03, "no amber action")
        assertTrue(picture.share(0xFFFAFAF7.toInt()) > 0.10, "no paper")
    }

    @Test @Config(qualifiers = "+night") fun `the dark theme follows the phone`() {
        assertEquals(Configuration.UI_MODE_NIGHT_YES, rule.activity.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK)
        val picture = picture("list-night")
        assertTrue(picture.share(actionColor) > 0.03, "no amber action")
        assertTrue(picture.share(0xFF101215.toInt()) > 0.10, "no ink")
    }

    @Test fun `a rotation keeps the place`() {
        rule.onNodeWithText("I’m on my way").performClick()
        rule.onNodeWithText("Complete with 2 gaps").assertIsDisplayed()
        rule.activityRule.scenario.recreate()
        rule.onNodeWithText("Complete with 2 gaps").assertIsDisplayed()
        picture("detail")
    }
}
