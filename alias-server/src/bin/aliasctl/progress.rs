//! Bars that show a person how far a long command is. They are on standard error, and nowhere but on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// A bar over `total` things; hidden where nobody watches.
pub(crate) fn bar(terminal: Terminal, what: &'static str, total: u64) -> ProgressBar {
    if !terminal.shows_progress {
        return ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} ({eta} left)") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar.tick();
    bar
}
