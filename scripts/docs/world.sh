# What the guide's examples are about, for pages that need it: aliases, groups, organizations and teams.
# The key of the team acme-prod is in TEAM_KEY afterwards.
# shellcheck shell=bash

aliasctl alias create gpt-4 openai/gpt-4 -d "Most capable GPT-4 model"
aliasctl alias create gpt-4-turbo openai/gpt-4-turbo -d "Faster and cheaper GPT-4"
aliasctl alias create gpt-3.5-turbo openai/gpt-3.5-turbo -d "Fast and efficient for most tasks"
aliasctl alias create claude-3-opus anthropic/claude-3-opus-20240229 -d "Claude 3 Opus"
aliasctl alias create smart openai/gpt-4 -d "Smart model for complex tasks"
aliasctl group create gpt-models gpt-4 gpt-4-turbo gpt-3.5-turbo smart
aliasctl group create premium-models gpt-4 claude-3-opus
aliasctl group create starter-models gpt-3.5-turbo -d "Models for starter plan"
aliasctl org create org_acme "Acme Corp"
aliasctl org create org_newclient "New Client Inc"
aliasctl team create newclient-prod --org org_newclient --group starter-models --credits 1000
TEAM_KEY=$(aliasctl team create acme-prod --org org_acme --group gpt-models --group premium-models --credits 1000 --json |
  sed -n 's/.*"virtual_key": *"\([^"]*\)".*/\1/p')
export TEAM_KEY
[[ -n $TEAM_KEY ]]
