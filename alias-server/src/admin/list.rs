//! Parts of lists: which one is asked for, in which order, and where the next one starts.

use actix_web::HttpResponse;
use actix_web::http::header::LINK;
use alias_core::repository::{NameQuery, Page, Position, Start, Window};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::admin::answer::segment;
use crate::admin::query::invalid;
use crate::error::ApiError;

/// Reads `sort=-usage_count,alias`, or `sort_by` and `order`: the keys, each with whether it descends. Nothing where
/// neither is sent.
///
/// `keys` begins with the name that the list goes by.
///
/// # Errors
/// 400 for a key that is none of `keys` or stands there twice, and for both spellings at once.
pub fn sorting<'a, T: Copy>(
    sort: Option<&'a str>,
    sort_by: Option<&'a str>,
    order: Option<&str>,
    keys: &[(&'a str, T)],
) -> Result<Vec<(T, bool)>, ApiError> {
    let tie = keys.first().map_or("", |(name, _)| name);
    let descends = match order {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(invalid("order", "must be asc or desc")),
    };
    let (parameter, asked) = match (sort, sort_by) {
        (Some(_), Some(_)) => return Err(invalid("sort", "goes without sort_by and order")),
        (Some(_), None) if order.is_some() => return Err(invalid("sort", "goes without sort_by and order")),
        (Some(sort), None) => {
            let key = |word: &'a str| (word.strip_prefix('-').unwrap_or(word), word.starts_with('-'));
            ("sort", sort.split(',').map(key).collect())
        }
        (None, None) if order.is_none() => return Ok(Vec::new()),
        (None, by) => ("sort_by", vec![(by.unwrap_or(tie), descends)]),
    };
    let mut found: Vec<(T, bool)> = Vec::new();
    for (place, (key, descends)) in asked.iter().enumerate() {
        if asked[..place].iter().any(|(before, _)| before == key) {
            return Err(invalid(parameter, &format!("names {key} twice")));
        }
        let Some((_, sort)) = keys.iter().find(|(name, _)| name == key) else {
            let names = keys.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(invalid(
                parameter,
                &format!("must be one of {names}, or several with commas between them"),
            ));
        };
        found.push((*sort, *descends));
    }
    Ok(found)
}

/// Parameters of lists that go by name.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NameListParameters {
    /// Only those with this text in name or description, ignoring case.
    pub q: Option<String>,
    /// The name's field; with `-` in front: descending.
    pub sort: Option<String>,
    /// The name's field, in place of `sort`.
    pub sort_by: Option<String>,
    /// `asc` or `desc`, with `sort_by`.
    pub order: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl NameListParameters {
    /// Checks every parameter; `key` is the name's field.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self, key: &str) -> Result<NameQuery, ApiError> {
        let keys = [(key, ())];
        let sorted = sorting(self.sort.as_deref(), self.sort_by.as_deref(), self.order.as_deref(), &keys)?;
        let window = ListRequest::of(self).window()?;
        let descending = sorted.first().is_some_and(|((), descends)| *descends);
        Ok(NameQuery { q: self.q.clone().filter(|text| !text.is_empty()), descending, window })
    }
}

/// Where a list stands: part of every list's answer.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PageInfo {
    /// How many match in all.
    #[schema(example = 2)]
    pub total: u64,
    /// Whether there are more after these.
    pub has_more: bool,
    /// What to send as `cursor` for the next ones.
    pub next_cursor: Option<String>,
}

/// What a cursor holds: a place, and a digest that ties it to the list it was made for.
#[derive(Serialize, Deserialize)]
struct Cursor {
    after: Position,
    of: String,
}

/// One request for a part of a list: its parameters by name.
#[derive(Debug)]
pub struct ListRequest(Map<String, Value>);

impl ListRequest {
    /// The request that these parameters make.
    pub fn of(parameters: &impl Serialize) -> Self {
        let mut all = match serde_json::to_value(parameters) {
            Ok(Value::Object(all)) => all,
            _ => Map::new(),
        };
        all.retain(|_, value| !value.is_null());
        Self(all)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Which part is asked for: `limit`, and `cursor` or `offset`.
    ///
    /// # Errors
    /// 400 for values out of range, and for a cursor that was made by another list.
    pub fn window(&self) -> Result<Window, ApiError> {
        self.window_of(1_000)
    }

    /// The same in a list that gives up to `most` at a time.
    ///
    /// # Errors
    /// As [`ListRequest::window`].
    pub fn window_of(&self, most: u32) -> Result<Window, ApiError> {
        let limit = self.text("limit").map_or(Some(1_000), |limit| limit.parse().ok());
        let limit = limit
            .filter(|limit| (1..=most).contains(limit))
            .ok_or_else(|| invalid("limit", &format!("must be 1 to {most}")))?;
        let start = match (self.text("cursor"), self.text("offset")) {
            (Some(_), Some(_)) => return Err(invalid("cursor", "goes without offset")),
            (Some(cursor), None) => Start::After(self.opened(cursor)?),
            (None, Some(offset)) => match offset.parse::<i32>().map(u64::try_from) {
                Ok(Ok(offset)) => Start::Offset(offset),
                _ => return Err(invalid("offset", "must be 0 to 2147483647")),
            },
            (None, None) => Start::First,
        };
        Ok(Window { limit, start })
    }

    fn opened(&self, cursor: &str) -> Result<Position, ApiError> {
        let read = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok();
        let read = read.and_then(|json| serde_json::from_slice::<Cursor>(&json).ok());
        match read {
            Some(Cursor { after, of }) if of == self.digest(&after) => Ok(after),
            Some(_) => Err(invalid(
                "cursor",
                "belongs to a list with other filters or another order: start without it",
            )),
            None => Err(invalid("cursor", "is none that a list gave: start without it")),
        }
    }

    /// Ties a place to the filters and the order.
    fn digest(&self, after: &Position) -> String {
        let mut filters = self.0.clone();
        filters.retain(|name, _| !matches!(name.as_str(), "limit" | "cursor" | "offset"));
        let text = serde_json::json!([filters, after]).to_string();
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        BASE64URL_NOPAD.encode(digest.get(..9).unwrap_or_default())
    }

    /// Where the list stands after this page.
    pub fn page_info<T>(&self, page: &Page<T>) -> PageInfo {
        let next_cursor = page.next.clone().map(|after| {
            let cursor = Cursor { of: self.digest(&after), after };
            BASE64URL_NOPAD.encode(&serde_json::to_vec(&cursor).unwrap_or_default())
        });
        PageInfo { total: page.total, has_more: next_cursor.is_some(), next_cursor }
    }

    /// 200 with a part of a list, and a link to the next one.
    pub fn answer(self, path: &str, next_cursor: Option<&str>, body: &impl Serialize) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(link) = self.link(path, next_cursor) {
            answer.insert_header((LINK, link));
        }
        answer.json(body)
    }

    /// The header `Link` that leads to the next part, where there is one.
    pub fn link(mut self, path: &str, next_cursor: Option<&str>) -> Option<String> {
        self.0.remove("offset");
        self.0.insert("cursor".into(), next_cursor?.into());
        let pair = |(name, value): (&String, &Value)| Some(format!("{name}={}", segment(value.as_str()?)));
        let query = self.0.iter().filter_map(pair).collect::<Vec<_>>().join("&");
        Some(format!("<{path}?{query}>; rel=\"next\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn request(pairs: &[(&str, &str)]) -> ListRequest {
        ListRequest(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect())
    }

    fn page() -> Page<()> {
        Page { items: vec![], total: 3, next: Some(Position { value: None, name: "gpt-4".into() }) }
    }

    #[test]
    fn a_cursor_leads_on_in_its_own_list_only() {
        let cursor = request(&[("q", "a"), ("limit", "1")]).page_info(&page()).next_cursor.unwrap();
        let start = request(&[("q", "a"), ("limit", "2"), ("cursor", &cursor)]).window().unwrap().start;
        assert_eq!(start, Start::After(Position { value: None, name: "gpt-4".into() }));
        for bad in [
            &[("q", "b"), ("cursor", cursor.as_str())][..],
            &[("q", "a"), ("offset", "1"), ("cursor", &cursor)],
            &[("cursor", "x")],
            &[("cursor", "")],
        ] {
            assert_eq!(request(bad).window().unwrap_err().code(), Code::InvalidParameter, "{bad:?}");
        }
    }

    #[test]
    fn limits_out_of_range_are_refused() {
        assert_eq!(request(&[]).window().unwrap(), Window::default());
        let window = request(&[("limit", "5"), ("offset", "10")]).window().unwrap();
        assert_eq!(window, Window { limit: 5, start: Start::Offset(10) });
        for (name, bad) in [
            ("limit", "0"),
            ("limit", "1001"),
            ("limit", "x"),
            ("limit", ""),
            ("limit", "-1"),
            ("offset", "-1"),
            ("offset", "99999999999"),
        ] {
            let code = request(&[(name, bad)]).window().unwrap_err().code();
            assert_eq!(code, Code::InvalidParameter, "{name}={bad}");
        }
    }

    #[test]
    fn both_spellings_of_sorting_are_read_and_not_at_once() {
        let keys = [("alias", 'a'), ("usage_count", 'u')];
        let sort = |sort, by, order| sorting(sort, by, order, &keys).map_err(|e| e.code());
        assert_eq!(sort(None, None, None), Ok(vec![]));
        assert_eq!(sort(Some("-usage_count,alias"), None, None), Ok(vec![('u', true), ('a', false)]));
        assert_eq!(sort(Some("alias,-usage_count"), None, None), Ok(vec![('a', false), ('u', true)]));
        assert_eq!(sort(None, Some("usage_count"), Some("desc")), Ok(vec![('u', true)]));
        assert_eq!(sort(None, None, Some("desc")), Ok(vec![('a', true)]));
        for bad in [
            (Some("x"), None, None),
            (Some("alias"), Some("alias"), None),
            (Some("alias"), None, Some("asc")),
            (None, None, Some("up")),
            (Some("alias,-alias"), None, None),
            (Some("alias,"), None, None),
            (Some(""), None, None),
        ] {
            assert_eq!(sort(bad.0, bad.1, bad.2), Err(Code::InvalidParameter), "{bad:?}");
        }
    }
}
