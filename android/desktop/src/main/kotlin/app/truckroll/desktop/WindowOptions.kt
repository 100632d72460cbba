package app.truckroll.desktop

import app.truckroll.shell.Route
import java.io.File

/**
 * What the window is opened with.
 *
 * @property home the folder that is the phone
 * @property enrolment the office and the code for a phone that is nobody's yet; null leaves that to the technician
 */
data class WindowOptions(val home: File, val enrolment: Route.Enrol?) {
    companion object {
        const val USAGE = "usage: window.sh [--home DIR] [--server URL --code CODE]"
        private const val HOME = "--home"
        private const val SERVER = "--server"
        private const val CODE = "--code"

        /** The options of a command line; null when they make no sense. Without a folder, the phone is in the user's home. */
        fun of(arguments: List<String>): WindowOptions? {
            val values = arguments.chunked(2).associate { pair ->
                if (pair.size < 2 || pair[0] !in setOf(HOME, SERVER, CODE)) return null
                pair[0] to pair[1]
            }
            val server = values[SERVER]
            val code = values[CODE]
            if ((server == null) != (code == null)) return null
            val home = values[HOME]?.let(::File) ?: File(System.getProperty("user.home"), ".truckroll-window")
            return WindowOptions(home, if (server != null && code != null) Route.Enrol(server, code) else null)
        }
    }
}
