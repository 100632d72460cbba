package app.truckroll.ui.gallery

import app.truckroll.core.ActionView
import app.truckroll.core.AnswerKind
import app.truckroll.core.AttentionItem
import app.truckroll.core.AttentionView
import app.truckroll.core.BadgeView
import app.truckroll.core.ChangeView
import app.truckroll.core.CheckInView
import app.truckroll.core.ChecklistView
import app.truckroll.core.ChoiceView
import app.truckroll.core.CloseoutItem
import app.truckroll.core.CloseoutView
import app.truckroll.core.ContactView
import app.truckroll.core.CrewView
import app.truckroll.core.Delivery
import app.truckroll.core.FlagKind
import app.truckroll.core.FlagView
import app.truckroll.core.GateCodeView
import app.truckroll.core.Grade
import app.truckroll.core.Lane
import app.truckroll.core.Language
import app.truckroll.core.MarkView
import app.truckroll.core.MessageView
import app.truckroll.core.MessagesView
import app.truckroll.core.MissKind
import app.truckroll.core.MovedView
import app.truckroll.core.NoteView
import app.truckroll.core.NoticeView
import app.truckroll.core.PacketSection
import app.truckroll.core.PartView
import app.truckroll.core.PhotoKind
import app.truckroll.core.PhotoView
import app.truckroll.core.ProposalView
import app.truckroll.core.RowView
import app.truckroll.core.SaveView
import app.truckroll.core.SectionView
import app.truckroll.core.SettingsView
import app.truckroll.core.SignatureView
import app.truckroll.core.Status
import app.truckroll.core.SyncView
import app.truckroll.core.TimeEntryView
import app.truckroll.core.TimeKind
import app.truckroll.core.TimeView
import app.truckroll.core.TimelineView
import app.truckroll.core.TodayView
import app.truckroll.core.Tone
import app.truckroll.core.UndoView
import app.truckroll.core.VisitCard
import app.truckroll.core.VisitView

/** How much a sample says. */
enum class Amount { EMPTY, TYPICAL, LONG }

/**
 * Records as the engine would give them, for pictures only: what the engine really gives is tested with the engine.
 *
 * @param es the engine's words in Spanish
 */
class Samples(private val amount: Amount, private val es: Boolean = false, private val offline: Boolean = false) {
    private val full = amount != Amount.EMPTY

    /** A text in the sample's language, many times as long where the sample tries what is too long. */
    private fun say(english: String, spanish: String): String {
        val text = if (es) spanish else english
        return if (amount == Amount.LONG) List(LONG_TIMES) { text }.joinToString(", ") else text
    }

    private fun at(time: String) = TimeView(1_795_000_000_000, time, if (es) "lun 23 nov" else "Mon 23 Nov", false)

    private fun <T> some(vararg items: T): List<T> = if (full) items.toList() else emptyList()

    private val save = when {
        !full -> SaveView("all_sent", Tone.GOOD, say("All sent", "Todo enviado"), 0u, 0u)
        offline -> SaveView("unsent", Tone.WARNING, say("3 saved, not sent yet", "3 guardados, sin enviar"), 3u, 0u)
        else -> SaveView("attention", Tone.DANGER, say("1 needs you", "1 le necesita"), 0u, 1u)
    }

    private val notices = if (offline) listOf(NoticeView("offline", Tone.WARNING, say("No connection. Everything you do is saved on this phone.", "Sin conexión. Todo lo que haga se guarda en este teléfono."))) else emptyList()

    private fun action(key: String, to: Status?, label: String, main: Boolean = false, whyNot: String? = null) =
        ActionView(key, to, label, whyNot == null, whyNot?.let { "why" }, whyNot, false, false, false, main)

    private val travel = action("travel", Status.TRAVELING, say("I’m on my way", "Voy en camino"), main = true)

    private fun card(id: String, status: Status, label: String, withAction: Boolean) = VisitCard(
        id, "WO-100$id", say("Repair · HVAC", "Reparación · Clima"), say("Dan Lopez", "Dan Lopez"), say("3408 Bellisima Place, Louisville", "3408 Bellisima Place, Louisville"),
        say("No heat since last night, furnace clicks but does not light", "Sin calefacción desde anoche, el horno hace clic pero no enciende"),
        status, label, "2026-11-23", "10:00–12:00", at("10:00"), at("12:00"), say("Arrival window", "Ventana de llegada"),
        if (withAction) listOf(
            BadgeView("emergency", Tone.DANGER, say("Emergency", "Emergencia")),
            BadgeView("gate_code", Tone.CALM, say("Gate code", "Código de acceso")),
            BadgeView("changed", Tone.WARNING, say("Changed", "Cambió")),
        ) else emptyList(),
        travel.takeIf { withAction }, null, if (withAction) 2u else 0u, withAction, false,
    )

    val today = TodayView(
        "Ada Zhou", "Kentucky Comfort", true, if (es) "Lunes 23 de noviembre" else "Monday 23 November", notices,
        some(
            SectionView("today", say("Today", "Hoy"), listOf(card("1", Status.DISPATCHED, say("Dispatched", "Enviada"), true), card("2", Status.SCHEDULED, say("Scheduled", "Programada"), false))),
            SectionView("done", say("Done", "Hechas"), listOf(card("3", Status.COMPLETED, say("Completed", "Terminada"), false))),
        ),
        some(MovedView("4", "WO-1004", say("Moved to Ana, 14:02", "Pasó a Ana, 14:02"), at("14:02"), 1u)),
        save, say("Updated 3 min ago", "Actualizado hace 3 min"), say("When the office sends you a visit, it shows up here.", "Cuando la oficina le envíe una visita, aparecerá aquí."),
        if (full && !offline) 1u else 0u, if (full) 2u else 0u,
        ActionView("show_later", null, say("Show later visits (12)", "Mostrar visitas posteriores (12)"), true, null, null, false, false, false, false).takeIf { full },
    )

    private val document = listOf(
        say("Igniter replaced, heat restored", "Encendedor reemplazado, calefacción restablecida"),
        say("2 × hot surface igniter", "2 × encendedor"), say("Dispatch fee $89.00", "Tarifa de visita $89.00"),
    )

    private val checkIn = CheckInView(
        "c1", at("10:04"), Grade.OUTSIDE, say("Outside", "Fuera"), say("The phone was 600 m from the pin.", "El teléfono estaba a 600 m del punto."), Tone.WARNING,
        600.0, say("600 m from the door", "a 600 m de la puerta"), 0.0, say("0 % inside 125 m", "0 % dentro de 125 m"), "±20 m", true, "", true, true,
    )

    private val photos = some(
        PhotoView("p1", "a", "b", PhotoKind.AFTER, say("After", "Después"), say("New igniter", "Encendedor nuevo"), at("11:20"), "Ada Zhou", "uploading", say("2 of 5 parts sent", "2 de 5 partes enviadas"), 2u, 5u, true, false),
        PhotoView("p2", "c", "d", PhotoKind.PLATE, say("Nameplate", "Placa"), "", at("11:25"), "Ada Zhou", "waiting_wifi", say("Waiting for Wi-Fi", "Espera Wi-Fi"), 0u, 5u, true, true),
    )

    /** A stretch to correct; the empty sample's still runs. */
    val travelTime = TimeEntryView("t1", "t2".takeIf { full }, TimeKind.TRAVEL, say("Travel", "Viaje"), at("09:40"), at("10:04").takeIf { full }, 1_440_000, "24 min", false)

    private val times = some(
        travelTime,
        TimeEntryView("t3", null, TimeKind.WORK, say("Work", "Trabajo"), at("10:10"), null, 4_200_000, "1 h 10 min", true),
    )

    private val parts = some(
        PartView(say("hot surface igniter", "encendedor"), 2.0, say("2 × hot surface igniter", "2 × encendedor"), false),
        PartView(say("flame sensor", "sensor de llama"), -1.0, say("−1 × flame sensor", "−1 × sensor de llama"), true),
    )

    private val signature = SignatureView("s1", say("Dan Lopez", "Dan Lopez"), at("11:40"), "e", true, say("Something changed since it was signed: it has to be signed again.", "Algo cambió desde que se firmó: hay que firmar otra vez.")).takeIf { full }

    private val messages = some(
        MessageView("m1", "1", "WO-1001", false, say("Office", "Oficina"), Lane.URGENT, at("09:55"), say("The customer leaves at noon.", "El cliente se va a mediodía."), true, Delivery.DELIVERED),
        MessageView("m2", "1", "WO-1001", true, "Ada Zhou", Lane.ROUTINE, at("10:20"), say("Need the spare key for the basement.", "Necesito la llave del sótano."), false, Delivery.SAVED),
    )

    private val flagKinds = FlagKind.entries.zip(FLAGS) { kind, (english, spanish) -> ChoiceView(kind.name.lowercase(), say(english, spanish)) }

    val visit = VisitView(
        "1", "WO-1001", say("Repair · HVAC", "Reparación · Clima"), say("Emergency", "Emergencia"), Status.DISPATCHED, say("Dispatched", "Enviada"), at("08:12"), notices,
        some(BadgeView("emergency", Tone.DANGER, say("Emergency", "Emergencia"))), false, if (es) "lun 23 nov, 10:00–12:00" else "Mon 23 Nov, 10:00–12:00", say("Arrival window", "Ventana"),
        if (full) "America/Kentucky/Louisville" else "",
        listOf(travel, action("cannot_complete", Status.CANNOT_COMPLETE, say("Can’t complete", "No se puede")), action("decline", Status.DECLINED, say("Decline", "Rechazar"), whyNot = say("It has started already.", "Ya empezó."))),
        UndoView("u", say("Undo “On the way”", "Deshacer «En camino»"), 0, 272_000).takeIf { full }, checkIn.takeIf { full },
        ContactView(say("Dan Lopez", "Dan Lopez"), if (full) say("Gold member", "Cliente oro") else "", "+1 555 828 1417", "tel:+15558281417", "", say("3408 Bellisima Place, Louisville, KY 40245", "3408 Bellisima Place, Louisville, KY 40245"), "geo:38.2,-85.5", null),
        GateCodeView(true, say("Gate code", "Código de acceso"), null).takeIf { full },
        some(
            PacketSection("call", say("Reason for the call", "Motivo de la llamada"), listOf(RowView("reason_for_call", say("Reason", "Motivo"), listOf(say("No heat since last night, furnace clicks but does not light", "Sin calefacción desde anoche")), false, false, false))),
            PacketSection("access", say("Access and hazards", "Acceso y riesgos"), listOf(RowView("hazards", say("Hazards", "Riesgos"), listOf(say("Dog in the yard, call first", "Perro en el patio, llame antes")), false, false, true), RowView("access_notes", say("Access", "Acceso"), listOf(say("Basement entrance behind the house", "Entrada del sótano detrás de la casa")), false, true, false))),
            PacketSection("money", say("Money", "Dinero"), listOf(RowView("quote", say("Quote", "Cotización"), emptyList(), true, false, false), RowView("dispatch_fee", say("Dispatch fee", "Tarifa"), listOf("$89.00"), false, false, false))),
        ),
        some(say("Quote", "Cotización")), some(ChangeView("window", say("Window", "Ventana"), "8–10", "10–12")),
        some(CrewView("Ana Silva", say("helper", "ayudante"), Status.TRAVELING, say("Traveling", "En camino"))),
        some(NoteView("n1", say("Flame sensor was dirty, cleaned it. Igniter cracked.", "El sensor estaba sucio, lo limpié. Encendedor roto."), "Ada Zhou", at("10:40"), true, Delivery.SAVED)),
        photos, parts,
        some(
            ChecklistView("co", say("Carbon monoxide below 9 ppm?", "¿Monóxido por debajo de 9 ppm?"), AnswerKind.CHECK, true, "yes", say("Yes", "Sí"), at("11:00")),
            ChecklistView("pressure", say("Gas pressure, inches of water", "Presión de gas, pulgadas de agua"), AnswerKind.READING, true, "", "", null),
        ),
        times, null, signature,
        some(ProposalView("e1", "estimate", say("New furnace", "Horno nuevo"), listOf(say("1 × furnace $4,200.00", "1 × horno $4,200.00")), "$4,200.00", at("11:30")), ProposalView("e2", "follow_up", say("Part ordered", "Pieza pedida"), emptyList(), "", at("11:32"))),
        some(FlagView("f1", FlagKind.DELAY, say("Delay", "Retraso"), say("Traffic", "Tráfico"), at("10:30"), at("09:50"))),
        some(MarkView("k1", "access_notes", say("Access", "Acceso"), MissKind.WRONG, "")), messages,
        some(
            TimelineView("h2", at("10:04"), say("Arrived", "Llegó"), "Ada Zhou", listOf(say("600 m away", "a 600 m")), false, Delivery.SAVED),
            TimelineView("h1", at("09:40"), say("On the way", "En camino"), "Ada Zhou", emptyList(), true, Delivery.DELIVERED),
        ),
        save, if (full) 2u else 0u,
        PhotoKind.entries.zip(PHOTOS) { kind, (english, spanish) -> ChoiceView(kind.name.lowercase(), say(english, spanish)) },
        listOf(ChoiceView("break", say("Break", "Descanso")), ChoiceView("wait", say("Wait", "Espera")), ChoiceView("parts_run", say("Parts run", "Ir por piezas"))),
        flagKinds,
    )

    val closeout = CloseoutView(
        "1", "WO-1001", notices,
        listOf(CloseoutItem("notes", say("Notes", "Notas"), full), CloseoutItem("photo_after", say("Photo after the work", "Foto después"), full), CloseoutItem("photo_plate", say("Photo of the nameplate", "Foto de la placa"), false), CloseoutItem("signature", say("Signature", "Firma"), false)),
        listOf("photo_plate", "signature"), say("2 things are missing", "Faltan 2 cosas"),
        listOf(ChoiceView("fixed", say("Fixed", "Arreglado")), ChoiceView("return_needed", say("Return needed", "Hay que volver")), ChoiceView("quoted", say("Quoted", "Presupuestado"))),
        listOf(action("complete", Status.COMPLETED, say("Complete", "Terminar"), main = true), action("cannot_complete", Status.CANNOT_COMPLETE, say("Can’t complete", "No se puede"))),
        document, "x", signature, parts, times, if (full) 2u else 0u,
    )

    val attention = AttentionView(
        some(
            AttentionItem("a1", "1", "WO-1001", say("You wrote a note", "Escribió una nota"), at("10:40"), "not_yours", say("This visit was given to Ana before you wrote it.", "Esta visita pasó a Ana antes."), null, listOf(action("resend", null, say("Send again", "Enviar otra vez"), whyNot = say("It isn’t yours any more.", "Ya no es suya.")), action("late_note", null, say("Keep as a late note", "Guardar como nota tardía")), action("discard", null, say("Discard", "Descartar")))),
            AttentionItem("a2", "1", "WO-1001", say("You added a photo", "Añadió una foto"), at("10:41"), "blocked", say("It needs the item above.", "Necesita el anterior."), "a1", listOf(action("discard", null, say("Discard", "Descartar")))),
        ),
        say("Nothing needs you.", "Nada le necesita."),
    )

    val sync = SyncView(
        if (offline) "offline" else "synced", if (offline) Tone.WARNING else Tone.GOOD, if (offline) say("No connection", "Sin conexión") else if (full) say("3 to send", "3 por enviar") else say("All sent", "Todo enviado"), notices, true, !offline,
        at("14:02").takeIf { full }, say("3 min ago", "hace 3 min"), if (full) 3u else 0u, 0u, if (full) 1u else 0u, if (full) 2u else 0u, 5_400_000u, if (full) 1u else 0u, 42_000L.takeIf { full }, !full,
        if (full) say("connection refused", "connection refused") else "",
    )

    val settings = SettingsView(
        full, if (es) Language.ES else Language.EN, if (full) say("Ada Zhou", "Ada Zhou") else "", if (full) "Kentucky Comfort" else "", "", if (full) "https://office.example" else "", "0.1.0", if (full) 3u else 0u,
        say("3 things aren’t sent yet.", "3 cosas sin enviar."),
    )

    val messagesOfAll = MessagesView(messages.filter { it.lane == Lane.URGENT }, messages.filter { it.lane == Lane.ROUTINE }, full, if (full) 1u else 0u, say("No messages yet.", "Aún no hay mensajes."))

    val step = travel

    private companion object {
        const val LONG_TIMES = 4
        val FLAGS = listOf(
            "Access problem" to "Problema de acceso", "Delay" to "Retraso", "Material shortage" to "Falta material",
            "Extra work" to "Trabajo adicional", "Need backup" to "Necesito ayuda", "Customer escalation" to "Cliente molesto",
        )
        val PHOTOS = listOf("Before" to "Antes", "After" to "Después", "Nameplate" to "Placa", "Document" to "Documento", "Other" to "Otra")
    }
}
