//! Bars that show a person how far a long command is. They are on standard error, and nowhere but on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// What is done by then needs no sign that it goes on.
const SOON: Duration = Duration::from_millis(500);
/// How often the sign moves.
const TICK: Duration = Duration::from_millis(100);

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

/// What comes of something that tells not how far it is: where that takes a while, a person sees what goes on, and for
/// how long.
pub(crate) async fn waiting<T>(terminal: Terminal, what: &str, done: impl Future<Output = T>) -> T {
    if !terminal.shows_progress {
        return done.await;
    }
    let mut done = std::pin::pin!(done);
    if let Ok(done) = tokio::time::timeout(SOON, &mut done).await {
        return done;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(TICK);
    let done = done.await;
    bar.finish_and_clear();
    done
}
