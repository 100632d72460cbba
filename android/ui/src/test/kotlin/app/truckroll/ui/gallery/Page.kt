package app.truckroll.ui.gallery

import androidx.compose.runtime.Composable
import app.truckroll.shell.Look
import app.truckroll.shell.Problem
import app.truckroll.shell.model.Task
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

/** Every screen of the app. */
enum class Page(val show: @Composable (Samples) -> Unit) {
    ENROL({ EnrolScreen(it.sync, Task(), "https://office.example", "", { _, _ -> }, {}) }),
    TODAY({ TodayScreen(it.today, TodayTaps()) }),
    VISIT({ VisitScreen(it.visit, Task(), null, VisitTaps()) }),
    CHECK_IN({ CheckInScreen(it.visit, Task(problem = Problem.LocationOff), {}, {}, {}, {}, {}, {}, {}) }),
    PHOTOS({ PhotosScreen(it.visit, Task(), {}, {}, {}, {}, {}) }),
    NOTES({ NotesScreen(it.visit, Task(problem = Problem.StorageFull), {}, {}, {}, {}) }),
    CHECKLIST({ ChecklistScreen(it.visit, Task(), { _, _ -> }, {}, {}, {}) }),
    PARTS({ PartsScreen(it.visit, Task(), {}, {}, {}, {}) }),
    TIME({ TimeScreen(it.visit, Task(), {}, {}, {}, {}, {}, {}) }),
    CORRECTION({ CorrectionScreen(it.visit, it.travelTime, Task(), { _, _, _ -> }, {}, {}) }),
    SIGNATURE({ SignatureScreen(it.closeout, Task(), { _, _ -> }, {}, {}) }),
    ESTIMATE({ EstimateScreen(it.visit, Task(), { _, _ -> }, {}, {}) }),
    FOLLOW_UP({ FollowUpScreen(it.visit, Task(), { _, _ -> }, {}, {}) }),
    CLOSEOUT({ CloseoutScreen(it.closeout, Task(), null, {}, {}, {}, {}, {}) }),
    FLAG({ FlagScreen(it.visit, Task(), { _, _, _ -> }, {}, {}) }),
    HANDOFF({ HandoffScreen(it.visit, Task(), { _, _ -> }, {}, {}, {}) }),
    CHANGES({ ChangesScreen(it.visit) {} }),
    REASON({ ReasonScreen("WO-1001", it.step, Task(), {}, {}, {}) }),
    MESSAGES({ MessagesScreen(it.visit, Task(), { _, _ -> }, {}, {}, {}) }),
    ALL_MESSAGES({ AllMessagesScreen(it.messagesOfAll, {}, {}) }),
    ATTENTION({ AttentionScreen(it.attention, Task(), { _, _ -> }, {}, {}) }),
    SYNC({ SyncScreen(it.sync, Task(), {}, {}, {}, {}) }),
    SETTINGS({ SettingsScreen(it.settings, Look(), Task(), true, SettingsTaps()) }),
}
