//! Widgets without knowledge of missions. Each has its style sheet beside it.

mod button;
mod card;
mod copy_text;
mod dialog;
mod disclosure;
mod download;
mod empty_state;
mod field;
mod icon;
mod page_header;
mod problem_card;
mod progress;
mod qr;
mod skeleton;
mod stages;
mod status_pill;
mod toast;

pub(crate) use crate::ui::button::{Button, ButtonKind};
pub(crate) use crate::ui::card::Card;
pub(crate) use crate::ui::copy_text::{CopyText, write_to_clipboard};
pub(crate) use crate::ui::dialog::Dialog;
pub(crate) use crate::ui::disclosure::Disclosure;
pub(crate) use crate::ui::download::download;
pub(crate) use crate::ui::empty_state::EmptyState;
pub(crate) use crate::ui::field::Field;
pub(crate) use crate::ui::icon::{Glyph, Icon};
pub(crate) use crate::ui::page_header::PageHeader;
pub(crate) use crate::ui::problem_card::{ProblemCard, Trouble};
pub(crate) use crate::ui::progress::Progress;
pub(crate) use crate::ui::qr::QrView;
pub(crate) use crate::ui::skeleton::Skeleton;
pub(crate) use crate::ui::stages::{StageMark, Stages};
pub(crate) use crate::ui::status_pill::{StatusPill, Tone};
pub(crate) use crate::ui::toast::{ToastHost, Toasts, use_toasts};
