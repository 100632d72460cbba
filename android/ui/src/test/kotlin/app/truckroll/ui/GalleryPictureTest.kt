package app.truckroll.ui

import app.truckroll.ui.gallery.Gallery
import app.truckroll.ui.gallery.GalleryPage
import app.truckroll.ui.theme.TruckrollTheme
import app.truckroll.ui.theme.truckrollColors
import org.junit.Test
import kotlin.test.assertTrue

class GalleryPictureTest {
    private fun page(name: String, page: GalleryPage, dark: Boolean = false, highContrast: Boolean = false, fontScale: Float = 1f): Picture =
        picture("$name-${page.name.lowercase()}", fontScale = fontScale) {
            TruckrollTheme(dark, highContrast, fontFamily = desktopFontFamily()) { Gallery(page) }
        }

    @Test fun `every page is drawn in every appearance, on its own ground and with one amber action`() {
        for (dark in listOf(false, true)) for (highContrast in listOf(false, true)) for (page in GalleryPage.entries) {
            val name = listOfNotNull("gallery", "contrast".takeIf { highContrast }, if (dark) "dark" else "light").joinToString("-")
            val colors = truckrollColors(dark, highContrast)
            val picture = page(name, page, dark, highContrast)
            assertTrue(picture.share(colors.ground) > 0.10, "$name ${page.name}: the ground is missing")
            // An action of 56 by 379 dp is about 5 % of this screen; STATES shows it resting.
            val amber = picture.share(colors.action)
            if (page == GalleryPage.STATES) assertTrue(amber < 0.001, "$name ${page.name}: amber on something else: $amber")
            else assertTrue(amber > 0.03, "$name ${page.name}: no amber action: $amber")
        }
    }

    @Test fun `text at twice its size is drawn`() {
        for (page in GalleryPage.entries) page("gallery-large", page, fontScale = 2f)
    }
}
