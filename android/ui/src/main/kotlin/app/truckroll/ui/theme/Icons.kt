package app.truckroll.ui.theme

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.addPathNodes
import androidx.compose.ui.unit.dp

/** The house's own icons: a 24-point box, a 2-point round line, drawn for the outdoors, so few strokes and no fine detail. */
object Icons {
    val Calendar = line("Calendar", "M4 6h16v14H4z", "M4 10h16", "M8 3v4", "M16 3v4")
    val Dispatched = line("Dispatched", "M4 12h13", "M12 6l6 6-6 6", "M21 5v14")
    val Van = line(
        "Van", "M5 17H2V6h12v11H9", "M14 10h4l4 4v3h-2", "M14 17h2",
        "M7 15a2 2 0 1 0 0 4 2 2 0 1 0 0-4z", "M18 15a2 2 0 1 0 0 4 2 2 0 1 0 0-4z",
    )
    val Pin = line("Pin", "M12 22c5-5.5 7-9 7-12A7 7 0 0 0 5 10c0 3 2 6.500 7 12z", "M12 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 1 0 0-5z")
    val Wrench = line("Wrench", "M14.500 6.500a4.500 4.500 0 0 1 5.500-3l-3 3 .5 2 2 .5 3-3a4.500 4.500 0 0 1-6 5.500L9 19a2.500 2.500 0 0 1-4-4l7.500-7.500c.3-.9 1-1.500 2-1z")
    val Pause = line("Pause", "M8 5v14", "M16 5v14", width = 3f)
    val Check = line("Check", "M4 12.500l5.500 5.500L20 6.500", width = 2.5f)
    val Stop = line("Stop", "M8 2.500h8L21.500 8v8L16 21.500H8L2.500 16V8z", "M8 12h8")
    val Cross = line("Cross", "M6 6l12 12", "M18 6L6 18")
    val Declined = line("Declined", "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18z", "M6 6l12 12")
    val Phone = line("Phone", "M5 3h4l2 5-2.500 2a12 12 0 0 0 5.500 5.500l2-2.500 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2z")
    val Directions = line("Directions", "M21 3L3 10.500l8 2.500 2.500 8z")
    val Flag = line("Flag", "M5 22V4", "M5 4c5-3 8 3 14 0v10c-6 3-9-3-14 0")
    val Camera = line("Camera", "M3 7h4l2-3h6l2 3h4v13H3z", "M12 9.500a4 4 0 1 0 0 8 4 4 0 1 0 0-8z")
    val Note = line("Note", "M5 3h10l4 4v14H5z", "M9 11h6", "M9 15h6")
    val Clock = line("Clock", "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18z", "M12 7v5l3.500 2")
    val Saved = line("Saved", "M7 2h10v20H7z", "M10 12l1.500 1.500L14.500 10.500", "M11 19h2")
    val Sent = line("Sent", "M7 18a4.500 4.500 0 0 1-.5-9A6 6 0 0 1 18 8.500a4.500 4.500 0 0 1-.5 9.500z", "M9 13l2 2 4-4")
    val Sending = line("Sending", "M7 18a4.500 4.500 0 0 1-.5-9A6 6 0 0 1 18 8.500a4.500 4.500 0 0 1-.5 9.500", "M12 21v-8", "M9 15.500l3-3 3 3")
    val Offline = line("Offline", "M9 6a6 6 0 0 1 9 2.500 4.500 4.500 0 0 1 2.500 7.500", "M16 18H7a4.500 4.500 0 0 1-1-8.900", "M3 3l18 18")
    val Warning = line("Warning", "M12 3.500L22 20.500H2z", "M12 10v4.500", "M12 17.500v.1")
    val Info = line("Info", "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18z", "M12 11v5.500", "M12 7.500v.1")
    val Hand = line("Hand", "M7 13V6.500a1.500 1.500 0 0 1 3 0V11", "M10 11V4.500a1.500 1.500 0 0 1 3 0V11", "M13 11V5.500a1.500 1.500 0 0 1 3 0V12", "M16 12V8.500a1.500 1.500 0 0 1 3 0V15a7 7 0 0 1-12.500 4.300L3.500 15a1.600 1.600 0 0 1 2.500-2l1 1")
    val Back = line("Back", "M15 4l-8 8 8 8", width = 2.5f)
    val Forward = line("Forward", "M9 4l8 8-8 8", width = 2.5f)
    val Eye = line("Eye", "M2 12c5-9 15-9 20 0-5 9-15 9-20 0z", "M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6z")
    val Key = line("Key", "M8 9a4.500 4.500 0 1 0 .1 9 4.500 4.500 0 0 0-.1-9z", "M11.500 10.500L20 3", "M16.500 6l3 3")
    val Box = line("Box", "M3 7.500l9-5 9 5v9l-9 5-9-5z", "M3 7.500l9 5 9-5", "M12 12.500v9")
    val Signature = line("Signature", "M3 17c3-1 5-11 7-11s-2 11 0 11 3-4 4.500-4 0 4 2 4 2.500-1 4.500-1", "M3 21h18")
    val Money = line("Money", "M2 6h20v12H2z", "M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6z", "M6 12h.1", "M18 12h.1")
    val Message = line("Message", "M3 4h18v13H10l-5 4v-4H3z")
    val Settings = line("Settings", "M3 7h9", "M18 7h3", "M15 4.500v5", "M3 17h3", "M12 17h9", "M9 14.500v5")
    val Undo = line("Undo", "M8 5L3 10l5 5", "M3 10h11a6 6 0 0 1 0 11h-4")
    val Person = line("Person", "M12 3a4.500 4.500 0 1 0 0 9 4.500 4.500 0 1 0 0-9z", "M4 21c1-7 15-7 16 0")
    val Plus = line("Plus", "M12 4v16", "M4 12h16", width = 2.5f)
    val Photo = line("Photo", "M3 4h18v16H3z", "M3 17l5-6 4 4 3-3 6 6", "M15.500 8h.1")
    val Circle = line("Circle", "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 1 0 0-17z")

    /** Every icon by name, for the gallery and its test. */
    val all: List<ImageVector> = listOf(
        Calendar, Dispatched, Van, Pin, Wrench, Pause, Check, Stop, Cross, Declined, Phone, Directions, Flag, Camera, Note,
        Clock, Saved, Sent, Sending, Offline, Warning, Info, Hand, Back, Forward, Eye, Key, Box, Signature, Money, Message,
        Settings, Undo, Person, Plus, Photo, Circle,
    )

    private fun line(name: String, vararg paths: String, width: Float = 2f): ImageVector =
        ImageVector.Builder(name, 24.dp, 24.dp, 24f, 24f, autoMirror = name in setOf("Back", "Forward", "Dispatched", "Undo"))
            .apply {
                for (path in paths) addPath(
                    addPathNodes(path),
                    stroke = SolidColor(Color.Black),
                    strokeLineWidth = width,
                    strokeLineCap = StrokeCap.Round,
                    strokeLineJoin = StrokeJoin.Round,
                )
            }.build()
}
