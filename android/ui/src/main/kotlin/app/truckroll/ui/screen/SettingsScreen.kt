package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import app.truckroll.core.Language
import app.truckroll.core.SettingsView
import app.truckroll.shell.Look
import app.truckroll.shell.ThemeChoice
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.Banner
import app.truckroll.ui.component.BannerLook
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Truckroll

/** What can be tapped in the settings. */
class SettingsTaps(
    val back: () -> Unit = {},
    val wifiOnly: (Boolean) -> Unit = {},
    val language: (Language) -> Unit = {},
    val theme: (ThemeChoice) -> Unit = {},
    val highContrast: (Boolean) -> Unit = {},
    val textScale: (Float) -> Unit = {},
    val askToSignOut: () -> Unit = {},
    val stay: () -> Unit = {},
    val sendAndSignOut: () -> Unit = {},
    val discardAndSignOut: () -> Unit = {},
    val dismiss: () -> Unit = {},
)

/** Wi-Fi, language, look, and the way out. */
@Composable
fun SettingsScreen(view: SettingsView, look: Look, task: Task, signingOut: Boolean, taps: SettingsTaps) {
    val words = LocalWords.current
    Screen(words.settings, back = backAction(taps.back)) {
        problem(task.problem, taps.dismiss)
        item(key = "wifi") { HouseCard { Toggle(words.settingsWifi, words.settingsWifiBody, view.wifiOnly, taps.wifiOnly) } }
        item(key = "language") {
            HouseCard {
                SectionTitle(words.language)
                Choices(listOf(Language.EN to "English", Language.ES to "Español"), view.language, taps.language)
            }
        }
        item(key = "look") {
            HouseCard {
                SectionTitle(words.look)
                Choices(
                    listOf(ThemeChoice.SYSTEM to words.themeSystem, ThemeChoice.LIGHT to words.themeLight, ThemeChoice.DARK to words.themeDark),
                    look.theme, taps.theme,
                )
                Toggle(words.highContrast, words.highContrastBody, look.highContrast, taps.highContrast)
            }
        }
        item(key = "text") {
            HouseCard {
                SectionTitle(words.textSize)
                Choices(listOf(1f to words.textNormal, 1.25f to words.textLarge, Look.LARGEST_TEXT to words.textLargest), look.textScale, taps.textScale)
            }
        }
        item(key = "about") {
            HouseCard {
                SectionTitle(words.aboutPhone)
                Fact(words.technician, view.technicianName)
                Fact(words.company, view.companyName)
                Fact(words.server, view.server)
                Fact(words.version, view.appVersion)
            }
        }
        if (!signingOut) item(key = "leave") { SideAction(words.signOut, Icons.Person, taps.askToSignOut) }
        else item(key = "leave") { SignOut(view, task, taps) }
    }
}

@Composable
private fun SignOut(view: SettingsView, task: Task, taps: SettingsTaps) = Column(verticalArrangement = Arrangement.spacedBy(Space.Small)) {
    val words = LocalWords.current
    Banner(if (view.unsent > 0u) BannerLook.CAUTION else BannerLook.INFO, words.signOut, body = view.signOut)
    SideAction(if (view.unsent > 0u) words.sendAndSignOut else words.signOut, Icons.Sending, taps.sendAndSignOut, enabled = task.working == null)
    if (view.unsent > 0u) SideAction(words.discardAndSignOut, Icons.Cross, taps.discardAndSignOut, enabled = task.working == null)
    LinkAction(words.stay, taps.stay)
}

@Composable
private fun Toggle(title: String, body: String, on: Boolean, onChange: (Boolean) -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = Target.Main).toggleable(on, role = Role.Switch, onValueChange = onChange),
        horizontalArrangement = Arrangement.spacedBy(Space.Between),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f)) {
            Text(title, style = MaterialTheme.typography.bodyLarge)
            Text(body, style = MaterialTheme.typography.bodySmall, color = Truckroll.colors.quiet)
        }
        Switch(on, onCheckedChange = null)
    }
}
