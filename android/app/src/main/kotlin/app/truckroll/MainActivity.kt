package app.truckroll

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.ui.gallery.Gallery
import app.truckroll.ui.gallery.GalleryPage
import app.truckroll.ui.theme.TruckrollTheme

/** The app's one activity. */
class MainActivity : ComponentActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        setContent {
            TruckrollTheme {
                var page by rememberSaveable { mutableStateOf(GalleryPage.LIST) }
                Gallery(page) { tapped -> page = if (tapped == "Back") GalleryPage.LIST else GalleryPage.DETAIL }
            }
        }
    }
}
