//! Names that stand for each other: short forms of given names, abbreviations of places.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A group a line, in lower case. A short form of several names stands in each of their groups.
const GROUPS: &str = "\
abigail abby gail
albert al bert
alexander alex sasha xander
alexandra alex sasha lexi
alice ali
amanda mandy
andrew andy drew
anthony tony
barbara barb barbie
benjamin ben benny benji
bernard bernie
catherine cathy kate katie cat
charles charlie chuck
charlotte charlie lottie
christina chris chrissy tina
christine chris chrissy tina
christopher chris topher kit
daniel dan danny
deborah deb debbie
donald don donnie
dorothy dot dottie
douglas doug
edward ed eddie ned ted
eleanor ellie nell
elizabeth liz lizzie beth eliza betty libby
emily em
eugene gene
frances fran
francis frank
frederick fred freddie
gabriel gabe
gabriella gabby
geoffrey geoff jeff
gerald gerry jerry
gregory greg
harold harry hal
henry harry hank
isabella bella izzy
jacob jake
james jim jimmy jamie
jeffrey jeff
jennifer jen jenny
jessica jess jessie
jonathan jon jonny
john johnny jack
joseph joe joey
josephine jo josie
joshua josh
judith judy
katherine kathy kate katie kat
kenneth ken kenny
kimberly kim
lawrence larry
leonard leo len lenny
louis lou louie
madeline maddie
margaret maggie meg peggy marge
matthew matt matty
melanie mel
melissa mel missy
michael mike mick mikey
michelle shelly
nathan nate
nathaniel nate nat
natalie nat
nicholas nick nicky
nicole nicky
olivia liv livvy
pamela pam
patricia pat patty trish
patrick pat paddy
peter pete
philip phil
rachel rach
raymond ray
rebecca becca becky
richard rick ricky rich dick
robert bob bobby rob robbie
ronald ron ronnie
russell russ
samantha sam
samuel sam sammy
sebastian seb bash
stephanie steph
stephen steve
steven steve
susan sue susie
theodore ted teddy theo
theresa terry tess
thomas tom tommy
timothy tim timmy
valerie val
victoria vicky tori
vincent vince vinny
walter walt wally
william bill billy will willy liam
zachary zach zack
nyc york
uk britain
usa us america
uae emirates
philly philadelphia
vegas lv
sf francisco
";

static ALIASES: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut aliases: HashMap<&str, Vec<&str>> = HashMap::new();
    for group in GROUPS.lines() {
        let full = group.split(' ').next().unwrap_or_default();
        for short in group.split(' ').skip(1) {
            // Through the full name only: Kate may be Catherine or Katherine, and those two are not the same person.
            aliases.entry(full).or_default().push(short);
            aliases.entry(short).or_default().push(full);
        }
    }
    aliases
});

/// Other forms of a name in lower case.
pub(super) fn aliases(name: &str) -> &'static [&'static str] {
    ALIASES.get(name).map_or(&[], Vec::as_slice)
}

/// Whether two words may name the same.
pub(super) fn may_be_same(one: &str, other: &str) -> bool {
    one == other || aliases(one).contains(&other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_form_is_its_full_name_and_nobody_elses() {
        for (one, other) in
            [("bob", "robert"), ("robert", "bob"), ("kate", "catherine"), ("kate", "katherine")]
        {
            assert!(may_be_same(one, other), "{one} may be {other}");
        }
        for (one, other) in [("catherine", "katherine"), ("bob", "bill"), ("anna", "hannah"), ("bob", "rob")]
        {
            assert!(!may_be_same(one, other), "{one} is not {other}");
        }
    }
}
