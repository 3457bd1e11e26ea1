//! Ways of naming models, each with a catalogue to begin with.

use std::fmt::Write as _;

/// A way of naming models.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Strategy {
    /// Well-known names, and names for what models are good at
    #[default]
    Hybrid,
    /// Names that say whose model it is
    Provider,
    /// Names that say how able a model is
    Generic,
    /// Names of plans
    Tiered,
    /// Names of what models are used for
    UseCase,
}

/// A name, its target, and what it is for.
type Entry = (&'static str, &'static str, &'static str);

const GPT_4: &str = "openai/gpt-4";
const GPT_35: &str = "openai/gpt-3.5-turbo";
const TURBO: &str = "openai/gpt-4-turbo";
const VISION: &str = "openai/gpt-4-vision-preview";
const OPUS: &str = "anthropic/claude-3-opus-20240229";
const SONNET: &str = "anthropic/claude-3-sonnet-20240229";

impl Strategy {
    /// All of them, the usual one first.
    pub const ALL: [Self; 5] = [Self::Hybrid, Self::Provider, Self::Generic, Self::Tiered, Self::UseCase];

    /// What it is, for who has to choose.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Hybrid => "hybrid: gpt-4, claude-3-opus, and fast, smart, vision",
            Self::Provider => "provider: openai-gpt4, claude-opus, gemini-pro",
            Self::Generic => "generic: smart, balanced, fast, vision",
            Self::Tiered => "tiered: basic, professional, enterprise, premium",
            Self::UseCase => "use-case: chat, analysis, creative, code, vision",
        }
    }

    const fn entries(self) -> &'static [Entry] {
        match self {
            Self::Hybrid => &[
                ("gpt-4", GPT_4, "GPT-4"),
                ("gpt-3.5-turbo", GPT_35, "GPT-3.5 Turbo"),
                ("claude-3-opus", OPUS, "Claude 3 Opus"),
                ("claude-3-sonnet", SONNET, "Claude 3 Sonnet"),
                ("fast", GPT_35, "Quick answers to simple questions"),
                ("smart", GPT_4, "Answers to hard questions"),
                ("vision", VISION, "Questions about pictures"),
            ],
            Self::Provider => &[
                ("openai-gpt4", GPT_4, "OpenAI GPT-4"),
                ("openai-gpt35", GPT_35, "OpenAI GPT-3.5 Turbo"),
                ("claude-opus", OPUS, "Anthropic Claude 3 Opus"),
                ("claude-sonnet", SONNET, "Anthropic Claude 3 Sonnet"),
                ("gemini-pro", "gemini/gemini-pro", "Google Gemini Pro"),
            ],
            Self::Generic => &[
                ("smart", GPT_4, "Answers to hard questions"),
                ("balanced", TURBO, "Good answers at a fair price"),
                ("fast", GPT_35, "Quick answers to simple questions"),
                ("vision", VISION, "Questions about pictures"),
            ],
            Self::Tiered => &[
                ("basic", GPT_35, "For every plan"),
                ("professional", TURBO, "For the professional plan"),
                ("enterprise", GPT_4, "For the enterprise plan"),
                ("premium", OPUS, "For the premium plan"),
            ],
            Self::UseCase => &[
                ("chat", GPT_35, "Conversation"),
                ("analysis", GPT_4, "Documents and data"),
                ("creative", OPUS, "Texts"),
                ("code", GPT_4, "Programs"),
                ("vision", VISION, "Questions about pictures"),
            ],
        }
    }

    /// The catalogue, as `aliasctl apply` takes it.
    pub fn catalogue(self) -> String {
        let mut text = "\
# What there shall be: `aliasctl plan -f aliases.yaml` tells what that changes, `aliasctl apply -f aliases.yaml` does it.
# yaml-language-server: $schema=http://localhost:8003/schema/aliases-v1.json
version: 1
aliases:
"
        .to_owned();
        let entries = self.entries();
        for (name, target, description) in entries {
            let _ = writeln!(text, "  {name}: {{litellm_model: {target}, description: {description}}}");
        }
        let names: Vec<&str> = entries.iter().map(|(name, ..)| *name).collect();
        let _ = writeln!(
            text,
            "access_groups:\n  all-models: {{description: Every model, model_aliases: [{}]}}",
            names.join(", ")
        );
        text.push_str(
            "# organizations:\n#   org_newclient: {name: New Client Inc}\n# teams:\n#   newclient-prod: {organization_id: org_newclient, access_groups: [all-models], credits_allocated: 1000}\n",
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alias_core::desired::Document;

    #[test]
    fn every_strategy_begins_with_a_catalogue_that_can_be_applied() {
        for strategy in Strategy::ALL {
            let text = strategy.catalogue();
            let value: serde_json::Value = serde_norway::from_str(&text).unwrap();
            let read = Document::read(value).unwrap();
            assert_eq!(read.content.aliases.len(), strategy.entries().len());
            assert!(read.content.names_of_others().is_empty(), "{text}");
            let unmeant = ["no_description", "in_no_group", "empty_group"];
            assert!(read.content.advice().iter().all(|one| !unmeant.contains(&one.code.as_str())), "{text}");
        }
    }
}
