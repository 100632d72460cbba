//! Whole screens as immutable records: strings ready to show, beside the keys and numbers that they came from.

mod attention;
mod closeout;
mod common;
mod messages;
mod settings;
mod sync;
mod today;
mod visit;

pub use attention::{AttentionItem, AttentionView};
pub use closeout::{CloseoutItem, CloseoutView};
pub use common::{
    ActionView, BadgeView, ChoiceView, Delivery, NoticeView, PlaceView, RowView, SaveView, TimeView, Tone,
};
pub use messages::MessagesView;
pub use settings::SettingsView;
pub use sync::SyncView;
pub use today::{MovedView, SectionView, TodayView, VisitCard};
pub use visit::{
    ChangeView, CheckInView, ChecklistView, ContactView, CrewView, FlagView, GateCodeView, MarkView, MessageView,
    NoteView, PacketSection, PartView, PhotoView, ProposalView, SignatureView, TimeEntryView, TimelineView, UndoView,
    VisitView,
};

mod build;
