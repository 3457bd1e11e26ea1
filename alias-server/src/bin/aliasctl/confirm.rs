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
        return must_confirm(context, &format!("{question} {impact}"));
    }
    let text = format!("{}\nGo on? [y/N] ", [question, impact].join(" ").trim_end());
    let answer = tokio::task::spawn_blocking(move || ask(&text)).await;
    match answer {
        Ok(Ok(answer)) if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") => Ok(()),
        _ => Err(Failure::Failed("nothing was changed".to_owned())),
    }
}

/// Goes on only where the person said yes before.
pub(crate) fn must_confirm(context: &Context, impact: &str) -> Result<(), Failure> {
    if context.yes {
        return Ok(());
    }
    let why = "Nothing was changed: there is no terminal to ask on.";
    Err(Failure::Unconfirmed(format!("{impact} {why}")))
}

fn ask(text: &str) -> std::io::Result<String> {
    let mut errors = std::io::stderr().lock();
    errors.write_all(text.as_bytes())?;
    errors.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}
