package app.truckroll.desktop

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import app.truckroll.ui.desktopFontFamily
import app.truckroll.ui.gallery.Gallery
import app.truckroll.ui.gallery.GalleryPage
import app.truckroll.ui.theme.TruckrollTheme

/** What the window shows: the design's reference, a page further with each tap. */
@Composable
fun DesktopApp(dark: Boolean) {
    var page by remember { mutableStateOf(GalleryPage.LIST) }
    TruckrollTheme(dark, fontFamily = desktopFontFamily()) {
        Gallery(page) { page = GalleryPage.entries[(page.ordinal + 1) % GalleryPage.entries.size] }
    }
}
