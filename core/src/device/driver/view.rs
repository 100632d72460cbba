//! The content of a screen, by its name.

use super::ScreenView;
use crate::clock::Now;
use crate::device::{ActError, Engine, Screen};

/// A screen's content as it is now.
pub(super) fn of(engine: &mut Engine, screen: &Screen, now: &Now) -> Result<ScreenView, ActError> {
    let view = match screen {
        Screen::Today => ScreenView::Today { view: engine.today_view(now) },
        Screen::Visit { visit } => ScreenView::Visit { view: engine.visit_view(*visit, now)? },
        Screen::Closeout { visit } => ScreenView::Closeout { view: engine.closeout_view(*visit, now)? },
        Screen::Attention => ScreenView::Attention { view: engine.attention_view(now) },
        Screen::Sync => ScreenView::Sync { view: engine.sync_view(now) },
        Screen::Settings => ScreenView::Settings { view: engine.settings_view(now) },
        Screen::Messages => ScreenView::Messages { view: engine.messages_view(now) },
    };
    Ok(view)
}
