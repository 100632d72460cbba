package app.truckroll.shell.engine

import app.truckroll.core.DriverOptions
import app.truckroll.core.Language
import app.truckroll.core.Network
import app.truckroll.engine.Technician
import java.io.File

/**
 * The engine on a phone that is a folder, keys and all: for a laptop, never for a phone. Its calls may throw
 * [app.truckroll.core.StartException].
 *
 * @param platform what the office's list of phones says
 */
suspend fun openFolder(home: File, platform: String, version: String, language: Language, network: Network): RustEngine {
    val keys = SoftwareKeys(File(home, "keys"))
    val options = DriverOptions(File(home, "store").path, version, language, network, allowPlainHttp = false)
    return RustEngine(Technician.open(options, keys, keys, null, null), platform)
}
