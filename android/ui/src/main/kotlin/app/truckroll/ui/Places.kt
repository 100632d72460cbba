package app.truckroll.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import app.truckroll.core.PhotoKind
import app.truckroll.shell.Route
import app.truckroll.shell.VisitForm
import app.truckroll.shell.content
import app.truckroll.shell.model.AppModel
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.screen.AllMessagesScreen
import app.truckroll.ui.screen.AttentionScreen
import app.truckroll.ui.screen.ChangesScreen
import app.truckroll.ui.screen.CheckInScreen
import app.truckroll.ui.screen.ChecklistScreen
import app.truckroll.ui.screen.CloseoutScreen
import app.truckroll.ui.screen.CorrectionScreen
import app.truckroll.ui.screen.EnrolScreen
import app.truckroll.ui.screen.EstimateScreen
import app.truckroll.ui.screen.FlagScreen
import app.truckroll.ui.screen.FollowUpScreen
import app.truckroll.ui.screen.HandoffScreen
import app.truckroll.ui.screen.MessagesScreen
import app.truckroll.ui.screen.NotesScreen
import app.truckroll.ui.screen.PartsScreen
import app.truckroll.ui.screen.PhotosScreen
import app.truckroll.ui.screen.ReasonScreen
import app.truckroll.ui.screen.SettingsScreen
import app.truckroll.ui.screen.SettingsTaps
import app.truckroll.ui.screen.SignatureScreen
import app.truckroll.ui.screen.SyncScreen
import app.truckroll.ui.screen.TimeScreen
import app.truckroll.ui.screen.TodayScreen
import app.truckroll.ui.screen.TodayTaps
import app.truckroll.ui.screen.VisitScreen
import app.truckroll.ui.screen.VisitTaps
import app.truckroll.ui.screen.WhenShown
import app.truckroll.ui.text.LocalWords

// Joins each place's model and its screen. Nothing is decided here.

@Composable
internal fun EnrolPlace(model: AppModel, route: Route.Enrol) {
    val sync by model.enrol.sync.collectAsState()
    val task by model.enrol.task.collectAsState()
    EnrolScreen(sync.content, task, route.server, route.code, { server, code -> model.enrol.enrol(server, code) }, model.enrol::dismiss)
}

@Composable
internal fun TodayPlace(model: AppModel) {
    val shown by model.today.shown.collectAsState()
    val navigator = model.navigator
    val taps = remember(model) {
        TodayTaps(
            open = model.today::open,
            step = model::step,
            later = model.today::showLater,
            sync = { navigator.open(Route.Sync) },
            attention = { navigator.open(Route.Attention) },
            messages = { navigator.open(Route.AllMessages) },
            settings = { navigator.open(Route.Settings) },
        )
    }
    WhenShown(shown, LocalWords.current.loading, null) { TodayScreen(it, taps) }
}

@Composable
internal fun VisitPlace(model: AppModel, visit: String) {
    val here = model.visit(visit)
    val shown by here.shown.collectAsState()
    val task by here.task.collectAsState()
    val gateCode by here.gateCode.collectAsState()
    val navigator = model.navigator
    val taps = remember(here) {
        VisitTaps(
            back = { navigator.back() },
            step = here::step,
            undo = { here.undo() },
            call = here::call,
            directions = here::directions,
            page = here::page,
            closeout = { navigator.open(Route.Closeout(visit)) },
            messages = { navigator.open(Route.Messages(visit)) },
            showCode = { here.showGateCode() },
            hideCode = here::hideGateCode,
            saved = { navigator.open(Route.Sync) },
            dismiss = here::dismiss,
        )
    }
    // The code goes with the screen; what changed counts as seen once the technician has had it before them.
    DisposableEffect(here) {
        onDispose { here.hideGateCode() }
    }
    WhenShown(shown, LocalWords.current.loading, { navigator.back() }) { VisitScreen(it, task, gateCode, taps) }
}

@Composable
internal fun FormPlace(model: AppModel, route: Route.Form) {
    val visit = model.visit(route.visit)
    val back: () -> Unit = { model.navigator.back() }
    if (route.form == VisitForm.SIGNATURE) return SignaturePlace(model, route.visit)
    val shown by visit.shown.collectAsState()
    val task by visit.task.collectAsState()
    val saved = { model.navigator.open(Route.Sync) }
    WhenShown(shown, LocalWords.current.loading, back) { view ->
        when (route.form) {
            VisitForm.CHECK_IN -> CheckInScreen(
                view, task,
                onAgain = { visit.checkInAgain("") },
                onReason = { visit.checkInAgain(it) },
                onPhoto = { visit.takePhoto(PhotoKind.OTHER) },
                onDoor = { visit.doorIsHere() },
                onSaved = saved, onDismiss = visit::dismiss, onBack = back,
            )
            VisitForm.PHOTOS -> PhotosScreen(view, task, { visit.takePhoto(it) }, { visit.sendPhotoNow(it) }, saved, visit::dismiss, back)
            VisitForm.NOTES -> NotesScreen(view, task, { visit.addNote(it) }, saved, visit::dismiss, back)
            VisitForm.CHECKLIST -> ChecklistScreen(view, task, { item, value -> visit.answer(item, value) }, saved, visit::dismiss, back)
            VisitForm.PARTS -> PartsScreen(
                view, task,
                onSave = { part ->
                    if (part.returned) visit.returnPart(part.name, part.quantity, part.stock, part.serial)
                    else visit.usePart(part.name, part.quantity, part.stock, part.serial)
                },
                onSaved = saved, onDismiss = visit::dismiss, onBack = back,
            )
            VisitForm.TIME -> TimeScreen(view, task, { visit.startTime(it) }, { visit.stopTime(it) }, visit::correct, saved, visit::dismiss, back)
            VisitForm.ESTIMATE -> EstimateScreen(view, task, { title, lines -> visit.proposeEstimate(title, lines) }, visit::dismiss, back)
            VisitForm.FOLLOW_UP -> FollowUpScreen(view, task, { reason, next -> visit.proposeFollowUp(reason, next) }, visit::dismiss, back)
            VisitForm.FLAG -> FlagScreen(view, task, { kind, text, minutes -> visit.raiseFlag(kind, text, minutes) }, visit::dismiss, back)
            VisitForm.HANDOFF -> HandoffScreen(view, task, { field, miss -> visit.mark(field, miss) }, saved, visit::dismiss, back)
            VisitForm.CHANGES -> ChangesPlace(visit, view, back)
            VisitForm.SIGNATURE -> Unit
        }
    }
}

/** Leaving the page of changes says that they were seen. */
@Composable
private fun ChangesPlace(model: VisitModel, view: app.truckroll.core.VisitView, back: () -> Unit) =
    ChangesScreen(view) {
        model.markSeen()
        back()
    }

@Composable
private fun SignaturePlace(model: AppModel, visit: String) {
    val closeout = model.closeout(visit)
    val shown by closeout.shown.collectAsState()
    val task by closeout.task.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.signature, back) { SignatureScreen(it, task, closeout::sign, closeout::dismiss, back) }
}

@Composable
internal fun ReasonPlace(model: AppModel, route: Route.Reason) {
    val visit = model.visit(route.visit)
    val shown by visit.shown.collectAsState()
    val task by visit.task.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.loading, back) { view ->
        when (val action = view.actions.find { it.key == route.action }) {
            null -> Leave(model, route)
            else -> ReasonScreen(view.number, action, task, { visit.stepWithReason(action.key, it) }, visit::dismiss, back)
        }
    }
}

@Composable
internal fun CorrectionPlace(model: AppModel, route: Route.Correction) {
    val visit = model.visit(route.visit)
    val shown by visit.shown.collectAsState()
    val task by visit.task.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.time, back) { view ->
        when (val entry = view.times.find { it.startOp == route.start }) {
            null -> Leave(model, route)
            else -> CorrectionScreen(
                view, entry, task,
                { target, atMs, reason -> visit.adjustTime(route.start, target, atMs, reason) }, visit::dismiss, back,
            )
        }
    }
}

/** What a page was about is gone, as after an undo: so is the page. */
@Composable
private fun Leave(model: AppModel, route: Route) = LaunchedEffect(route) { model.navigator.leave(route) }

@Composable
internal fun CloseoutPlace(model: AppModel, visit: String) {
    val closeout = model.closeout(visit)
    val shown by closeout.shown.collectAsState()
    val task by closeout.task.collectAsState()
    val outcome by closeout.outcome.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.closeoutTitle, back) {
        CloseoutScreen(it, task, outcome, closeout::choose, closeout::repair, closeout::finish, closeout::dismiss, back)
    }
}

@Composable
internal fun MessagesPlace(model: AppModel, visit: String) {
    val here = model.visit(visit)
    val shown by here.shown.collectAsState()
    val task by here.task.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.messages, back) {
        MessagesScreen(it, task, { lane, text -> here.send(lane, text) }, { model.navigator.open(Route.Sync) }, here::dismiss, back)
    }
}

@Composable
internal fun AllMessagesPlace(model: AppModel) {
    val shown by model.messages.shown.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.allMessages, back) { AllMessagesScreen(it, { visit -> model.navigator.open(Route.Messages(visit)) }, back) }
}

@Composable
internal fun AttentionPlace(model: AppModel) {
    val shown by model.attention.shown.collectAsState()
    val task by model.attention.task.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.attentionTitle, back) { AttentionScreen(it, task, model.attention::settle, model.attention::dismiss, back) }
}

@Composable
internal fun SyncPlace(model: AppModel) {
    val shown by model.sync.shown.collectAsState()
    val task by model.sync.task.collectAsState()
    val back: () -> Unit = { model.navigator.back() }
    WhenShown(shown, LocalWords.current.syncTitle, back) {
        SyncScreen(it, task, { model.sync.syncNow() }, { model.navigator.open(Route.Attention) }, model.sync::dismiss, back)
    }
}

@Composable
internal fun SettingsPlace(model: AppModel) {
    val settings = model.settings
    val shown by settings.shown.collectAsState()
    val task by settings.task.collectAsState()
    val look by model.preferences.look.collectAsState()
    val signingOut by settings.signingOut.collectAsState()
    val taps = remember(model) {
        SettingsTaps(
            back = { model.navigator.back() },
            wifiOnly = { settings.setWifiOnly(it) },
            language = { settings.setLanguage(it) },
            theme = model.preferences::setTheme,
            highContrast = model.preferences::setHighContrast,
            textScale = model.preferences::setTextScale,
            askToSignOut = settings::askToSignOut,
            stay = settings::stay,
            sendAndSignOut = { settings.sendAndSignOut() },
            discardAndSignOut = { settings.discardAndSignOut() },
            dismiss = settings::dismiss,
        )
    }
    WhenShown(shown, LocalWords.current.settings, { model.navigator.back() }) { SettingsScreen(it, look, task, signingOut, taps) }
}
