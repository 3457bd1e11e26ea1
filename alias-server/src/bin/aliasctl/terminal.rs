//! What stands at the other end of the output: whether it is a person, which colours it takes, how wide it is.

use std::io::IsTerminal;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// On a terminal that takes them.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// The output's other end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Whether colours are used on standard output.
    pub(crate) color: bool,
    /// The most characters of a line; `None` where nobody says.
    pub(crate) width: Option<u16>,
    /// Whether a person can be asked.
    pub(crate) can_ask: bool,
    /// Whether a person sees progress.
    pub(crate) shows_progress: bool,
}

impl Terminal {
    /// As the streams and the environment are.
    pub(crate) fn of(color: Color, quiet: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let (output, errors) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        let dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let width = variable("COLUMNS").and_then(|text| text.parse().ok()).filter(|width| *width >= 20);
        Self {
            color: colored(color, output, &variable),
            width,
            can_ask: std::io::stdin().is_terminal() && errors,
            shows_progress: errors && !dumb && !quiet,
        }
    }
}

/// A text in a colour, where there are colours.
pub(crate) fn painted(text: &str, color: comfy_table::Color, terminal: Terminal) -> String {
    let code = match color {
        comfy_table::Color::Red => "31",
        comfy_table::Color::Green => "32",
        comfy_table::Color::Yellow => "33",
        _ => "36",
    };
    if terminal.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn colored(wanted: Color, terminal: bool, variable: &impl Fn(&str) -> Option<String>) -> bool {
    let said = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    match wanted {
        Color::Always => true,
        Color::Never => false,
        // See no-color.org, and bixense.com/clicolors for the other.
        Color::Auto if said("NO_COLOR") => false,
        Color::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") => {
            true
        }
        Color::Auto => terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_flag_then_the_variables_then_the_terminal() {
        let with = |pairs: &[(&str, &str)], wanted, terminal| {
            let pairs: Vec<(String, String)> =
                pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            colored(wanted, terminal, &|name: &str| {
                pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone())
            })
        };
        assert!(with(&[], Color::Auto, true) && !with(&[], Color::Auto, false));
        assert!(!with(&[("NO_COLOR", "1")], Color::Auto, true));
        assert!(with(&[("NO_COLOR", "1")], Color::Always, false));
        assert!(with(&[("CLICOLOR_FORCE", "1")], Color::Auto, false));
        assert!(!with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Color::Auto, true));
        assert!(!with(&[("TERM", "dumb")], Color::Auto, true));
        assert!(!with(&[("CLICOLOR_FORCE", "1")], Color::Never, true));
    }
}
