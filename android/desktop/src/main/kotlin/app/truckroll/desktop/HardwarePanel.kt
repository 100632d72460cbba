package app.truckroll.desktop

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.truckroll.core.Fix
import app.truckroll.core.Network
import app.truckroll.engine.systemNow
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.shell.port.Shot
import app.truckroll.ui.theme.TruckrollTheme
import java.awt.FileDialog
import java.awt.Frame
import java.io.File

/** Sets what a phone's hardware would say: signal, position, and what the camera sees. For whoever tries the app out. */
@Composable
fun HardwarePanel(panel: Panel, modifier: Modifier = Modifier) = TruckrollTheme(dark = true) {
    Surface(modifier.fillMaxHeight(), color = MaterialTheme.colorScheme.surfaceContainerHigh) {
        Column(Modifier.verticalScroll(rememberScrollState()).padding(16.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
            Text("This laptop’s pretend hardware", style = MaterialTheme.typography.titleMedium)
            Signal(panel)
            Place(panel)
            Camera(panel)
        }
    }
}

@Composable
private fun Signal(panel: Panel) {
    val network by panel.network.collectAsState()
    Text("Signal", style = MaterialTheme.typography.titleSmall)
    for ((value, label) in listOf(Network.WIFI to "Wi-Fi", Network.MOBILE to "Mobile", Network.OFFLINE to "None: a basement")) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            RadioButton(network == value, onClick = { panel.network.value = value })
            Text(label)
        }
    }
}

@Composable
private fun Place(panel: Panel) {
    var lat by remember { mutableStateOf("38.2857023") }
    var lon by remember { mutableStateOf("-85.5023064") }
    var accuracy by remember { mutableStateOf("10") }
    var mock by remember { mutableStateOf(false) }
    val position by panel.position.collectAsState()
    Text("Position", style = MaterialTheme.typography.titleSmall)
    OutlinedTextField(lat, { lat = it }, Modifier.fillMaxWidth(), label = { Text("Latitude, degrees") })
    OutlinedTextField(lon, { lon = it }, Modifier.fillMaxWidth(), label = { Text("Longitude, degrees") })
    OutlinedTextField(accuracy, { accuracy = it }, Modifier.fillMaxWidth(), label = { Text("Accuracy, metres") })
    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        Switch(mock, { mock = it })
        Text("Marked as simulated")
    }
    Button(onClick = { fix(lat, lon, accuracy, mock)?.let { panel.position.value = Position.Found(it) } }) { Text("Stand here") }
    for ((value, label) in listOf(Position.None to "No position found", Position.Off to "Location is off", Position.Denied to "Permission denied")) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            RadioButton(position == value, onClick = { panel.position.value = value })
            Text(label)
        }
    }
    (position as? Position.Found)?.fix?.let { Text("Now at ${it.lat}, ${it.lon} ±${it.accuracyM} m", style = MaterialTheme.typography.bodySmall) }
}

/** A position as typed; null when a number doesn't make sense. */
internal fun fix(lat: String, lon: String, accuracy: String, mock: Boolean): Fix? {
    val now = systemNow()
    return Fix(
        lat.toDoubleOrNull()?.takeIf { it in -90.0..90.0 } ?: return null,
        lon.toDoubleOrNull()?.takeIf { it in -180.0..180.0 } ?: return null,
        accuracy.toDoubleOrNull()?.takeIf { it > 0 } ?: return null,
        0, now.monoMs, now.wallMs, "panel", mock,
    )
}

@Composable
private fun Camera(panel: Panel) {
    var waiting by remember { mutableIntStateOf(panel.shots.size) }
    Text("Camera", style = MaterialTheme.typography.titleSmall)
    Button(onClick = {
        for (file in chooseFiles()) panel.shots += Shot.Taken(file.readBytes())
        waiting = panel.shots.size
    }) { Text("Choose what it sees next") }
    Text("$waiting chosen. Without any, a photo counts as cancelled.", style = MaterialTheme.typography.bodySmall)
}

private fun chooseFiles(): List<File> {
    val dialog = FileDialog(null as Frame?, "JPEG or PNG", FileDialog.LOAD)
    dialog.isMultipleMode = true
    dialog.isVisible = true
    return dialog.files.toList()
}
