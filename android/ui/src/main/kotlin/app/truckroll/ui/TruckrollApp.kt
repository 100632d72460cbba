package app.truckroll.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.Density
import app.truckroll.core.Language
import app.truckroll.shell.Route
import app.truckroll.shell.ThemeChoice
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.ui.screen.LocalPictures
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.text.wordsOf
import app.truckroll.ui.theme.TruckrollTheme

/**
 * The whole app on the screen: the place where the technician is, in the chosen look and language.
 *
 * @param decode turns a picture's bytes into what Compose draws; null for what is no picture
 * @param reducedMotion the viewer asked the system for less motion
 * @param language the phone's, until the engine says which was chosen
 */
@Composable
fun TruckrollApp(
    model: AppModel,
    decode: (ByteArray) -> ImageBitmap?,
    fontFamily: FontFamily = FontFamily.Default,
    reducedMotion: Boolean = false,
    language: Language = Language.EN,
) {
    val look by model.preferences.look.collectAsState()
    val settings by model.settings.shown.collectAsState()
    val stack by model.navigator.stack.collectAsState()
    val dark = when (look.theme) {
        ThemeChoice.SYSTEM -> isSystemInDarkTheme()
        ThemeChoice.LIGHT -> false
        ThemeChoice.DARK -> true
    }
    val density = LocalDensity.current
    val pictures: suspend (String) -> ImageBitmap? = remember(model) { { sha256 -> model.picture(sha256)?.let(decode) } }
    CompositionLocalProvider(
        LocalDensity provides Density(density.density, density.fontScale * look.textScale),
        LocalWords provides wordsOf(settings.content?.language ?: language),
        LocalPictures provides pictures,
    ) {
        TruckrollTheme(dark, look.highContrast, reducedMotion, fontFamily) {
            // What was typed on a page stays while another one lies over it.
            val kept = rememberSaveableStateHolder()
            val here = stack.last()
            kept.SaveableStateProvider(here.saved) { key(here) { Place(model, here) } }
        }
    }
}

@Composable
private fun Place(model: AppModel, route: Route) {
    when (route) {
        is Route.Enrol -> EnrolPlace(model, route)
        Route.Today -> TodayPlace(model)
        is Route.Visit -> VisitPlace(model, route.visit)
        is Route.Form -> FormPlace(model, route)
        is Route.Reason -> ReasonPlace(model, route)
        is Route.Correction -> CorrectionPlace(model, route)
        is Route.Closeout -> CloseoutPlace(model, route.visit)
        is Route.Messages -> MessagesPlace(model, route.visit)
        Route.AllMessages -> AllMessagesPlace(model)
        Route.Attention -> AttentionPlace(model)
        Route.Sync -> SyncPlace(model)
        Route.Settings -> SettingsPlace(model)
    }
}
