//! Asking before something is lost: on a terminal with what it means, elsewhere only with `--yes`.

use std::io::{BufRead, Write};

use crate::context::Context;
use crate::failure::Failure;

/// Goes on where the person says yes, or said so before. `question` says what happens, `impact` what it means.
pub(crate) async fn confirm(context: &Context, question: &str, impact: &str) -> Result<(), Failure> {
    if context.yes || context.dry_run {
        return Ok(());
    }
    if !context.terminal.can_ask {
        let why = "Nothing was changed: there is no terminal to ask on.";
        return Err(Failure::Unconfirmed(format!("{question} {impact} {why}")));
    }
    let text = format!("{question} {impact}\nGo on? [y/N] ");
    let answer = tokio::task::spawn_blocking(move || ask(&text)).await;
    match answer {
        Ok(Ok(answer)) if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") => Ok(()),
        _ => Err(Failure::Failed("nothing was changed".to_owned())),
    }
}

fn ask(text: &str) -> std::io::Result<String> {
    let mut errors = std::io::stderr().lock();
    errors.write_all(text.as_bytes())?;
    errors.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}
