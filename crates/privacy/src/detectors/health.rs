//! Health details of a person: "I have type 2 diabetes", "my mother was diagnosed with cancer", "I take sertraline".
//!
//! The name of a condition alone is nobody's detail. From it the words are read backwards: a few that may stand in
//! between, then one that says "has", then a person.

use std::ops::Range;
use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

/// How many words may stand between the condition and what says that somebody has it.
const FILLERS_MAX: usize = 7;

static CONDITIONS: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:type (?:1|2|one|two) )?diabet(?:es|ic)|(?:breast |lung |prostate |skin |colon |ovarian |brain |bone |liver |pancreatic |thyroid |stomach |cervical )?cancer|leuk(?:a)?emia|lymphoma|melanoma|(?:brain )?tumou?r|hiv(?: positive)?|aids|hepatitis(?: [abc])?|tuberculosis|covid(?:-19)?|long covid|herpes|chlamydia|gonorrh(?:o)?ea|syphilis|hpv|asthma|copd|bronchitis|pneumonia|cystic fibrosis|(?:clinical |postpartum |postnatal )?depression|anxiety(?: disorder)?|bipolar(?: disorder)?|schizophrenia|ptsd|ocd|adhd|autis(?:m|tic)|asperger'?s?|anorexia|bulimia|eating disorder|borderline personality disorder|panic (?:attacks|disorder)|insomnia|dementia|alzheimer'?s?|parkinson'?s?|multiple sclerosis|epilepsy|epileptic|seizures|migraines?|a stroke|heart (?:attack|disease|failure)|high blood pressure|hypertension|arrhythmia|high cholesterol|an(?:a)?emia|h(?:a)?emophilia|sickle cell(?: disease| an(?:a)?emia)?|crohn'?s?(?: disease)?|ulcerative colitis|celiac disease|coeliac disease|ibs|lupus|rheumatoid arthritis|arthritis|osteoporosis|fibromyalgia|endometriosis|pcos|kidney (?:disease|failure|stones)|cirrhosis|hypothyroidism|hyperthyroidism|psoriasis|eczema|glaucoma|sleep apn(?:o)?ea|sciatica|scoliosis|a miscarriage|an abortion|pregnant|infertil(?:e|ity)|erectile dysfunction|menopause|alcoholi(?:c|sm)|peanut allergy|(?:opioid|drug|alcohol) addiction",
    )
});

static MEDICINES: Pattern = LazyLock::new(|| {
    pattern(
        r"metformin|insulin|ozempic|wegovy|semaglutide|prozac|fluoxetine|zoloft|sertraline|lexapro|escitalopram|citalopram|celexa|paxil|paroxetine|wellbutrin|bupropion|effexor|venlafaxine|cymbalta|duloxetine|lithium|lamotrigine|lamictal|seroquel|quetiapine|abilify|aripiprazole|risperidone|olanzapine|clozapine|xanax|alprazolam|klonopin|clonazepam|valium|diazepam|ativan|lorazepam|adderall|ritalin|methylphenidate|vyvanse|concerta|strattera|methadone|suboxone|buprenorphine|naltrexone|oxycodone|fentanyl|tramadol|gabapentin|pregabalin|lyrica|levothyroxine|synthroid|lisinopril|amlodipine|losartan|metoprolol|atorvastatin|lipitor|simvastatin|warfarin|eliquis|xarelto|prednisone|methotrexate|humira|adalimumab|tamoxifen|letrozole|chemo(?:therapy)?|dialysis|truvada|antidepressants|antipsychotics|beta blockers|statins|viagra|sildenafil",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    for condition in CONDITIONS.find_iter(&view.lower) {
        if view.stands_alone(condition.start(), condition.end())
            && is_somebodys(view, condition.range(), says_has)
        {
            found.push(Finding::new(Kind::Health, condition.range(), 0.75, "health.condition"));
        }
    }
    for medicine in MEDICINES.find_iter(&view.lower) {
        if view.stands_alone(medicine.start(), medicine.end())
            && is_somebodys(view, medicine.range(), says_takes)
        {
            found.push(Finding::new(Kind::Health, medicine.range(), 0.7, "health.medicine"));
        }
    }
}

fn is_somebodys(view: &View<'_>, named: Range<usize>, says: fn(&str) -> bool) -> bool {
    let at = named.start;
    let words: Vec<&str> = view.sentence_before(at).take(FILLERS_MAX + 8).collect();
    let Some(cue) = words.iter().take(FILLERS_MAX).position(|word| !is_filler(word)) else {
        // Only fillers up to the start: nobody is named.
        return false;
    };
    // "my depression", "her epilepsy"; not "my cancer research", whose condition has no such word right before.
    if cue == 0 && matches!(words[0], "my" | "his" | "her" | "our") {
        return true;
    }
    let before = &words[cue + 1..];
    // Am I diabetic?
    let asks = |word: &&str| matches!(*word, "am" | "is" | "are" | "was" | "were");
    if is_person(words[cue])
        && before.first().is_some_and(asks)
        && describes_a_person(&view.lower[named.clone()])
    {
        return true;
    }
    match words[cue] {
        "diagnosed" | "positive" | "prescribed" => true,
        "my" | "his" | "her" | "their" | "our" => cue > 0 && before.first().is_some_and(|word| says(word)),
        // I'm diabetic, she is pregnant, he was autistic.
        "am" | "m" | "is" | "was" | "are" | "re" | "s" => {
            describes_a_person(&view.lower[named]) && before.first().is_some_and(|word| is_person(word))
        }
        cue if says(cue) => before.iter().take(4).any(|word| is_person(word)),
        _ => false,
    }
}

fn describes_a_person(condition: &str) -> bool {
    matches!(
        condition,
        "diabetic"
            | "hiv positive"
            | "autistic"
            | "bipolar"
            | "epileptic"
            | "pregnant"
            | "infertile"
            | "alcoholic"
    )
}

fn says_has(word: &str) -> bool {
    matches!(
        word,
        "have"
            | "has"
            | "had"
            | "having"
            | "got"
            | "ve"
            | "suffer"
            | "suffers"
            | "suffered"
            | "suffering"
            | "developed"
            | "contracted"
            | "survived"
            | "battling"
            | "battled"
            | "fighting"
            | "living"
            | "struggle"
            | "struggling"
            | "struggled"
            | "treated"
            | "caught"
            | "manage"
            | "managing"
    )
}

fn says_takes(word: &str) -> bool {
    matches!(
        word,
        "take"
            | "takes"
            | "took"
            | "taking"
            | "on"
            | "prescribed"
            | "started"
            | "need"
            | "needs"
            | "use"
            | "uses"
            | "stopped"
    )
}

/// What may stand between "have" and the condition.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "been"
            | "with"
            | "from"
            | "for"
            | "of"
            | "mild"
            | "severe"
            | "chronic"
            | "acute"
            | "early"
            | "late"
            | "advanced"
            | "stage"
            | "terminal"
            | "major"
            | "clinical"
            | "really"
            | "very"
            | "bad"
            | "some"
            | "both"
            | "also"
            | "recently"
            | "just"
            | "currently"
            | "now"
            | "still"
            | "always"
            | "years"
            | "and"
            | "or"
            | "type"
            | "1"
            | "2"
            | "3"
            | "4"
            | "i"
            | "ii"
            | "iii"
            | "iv"
            | "high"
            | "low"
            | "functioning"
            | "tested"
            | "mg"
            | "10"
            | "20"
            | "50"
            | "100"
            | "daily"
            | "my"
            | "newly"
            | "gestational"
            | "weeks"
            | "months"
    ) && !matches!(word, "my" | "i")
        || is_condition_word(word)
}

/// "asthma and diabetes": the first of two is between, too.
fn is_condition_word(word: &str) -> bool {
    CONDITIONS.find(word).is_some_and(|found| found.len() == word.len())
        || MEDICINES.find(word).is_some_and(|found| found.len() == word.len())
}

fn is_person(word: &str) -> bool {
    matches!(
        word,
        "i" | "user"
            | "he"
            | "she"
            | "we"
            | "my"
            | "mother"
            | "mom"
            | "mum"
            | "father"
            | "dad"
            | "son"
            | "daughter"
            | "wife"
            | "husband"
            | "brother"
            | "sister"
            | "partner"
            | "girlfriend"
            | "boyfriend"
            | "grandmother"
            | "grandfather"
            | "grandma"
            | "grandpa"
            | "aunt"
            | "uncle"
            | "cousin"
            | "baby"
            | "kid"
            | "child"
            | "patient"
            | "friend"
    )
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn details() {
        check(
            Kind::Health,
            &[
                "I have «type 2 diabetes».",
                "I've been diagnosed with «breast cancer»",
                "I was recently diagnosed with «ADHD».",
                "my mother has «Alzheimer's»",
                "I suffer from severe «migraines»",
                "I have «asthma» and «epilepsy»",
                "My «depression» is back",
                "I am «HIV positive»",
                "Am I «HIV positive»?",
                "The user has «HIV».",
                "The user takes «metformin».",
                "I'm «pregnant»!",
                "she is «bipolar»",
                "I take «sertraline» every day",
                "I'm on «insulin»",
                "he was prescribed «xanax»",
                "My son is «autistic»",
                "We got «covid» last week",
                "My dad had «a stroke» in May",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Health,
            &[
                "What are the symptoms of diabetes?",
                "I have a question about cancer research",
                "cancer is a disease",
                "Parkinson wrote a law",
                "people who have asthma",
                "the stock had a depression",
                "protein and opinion",
                "the doctor has an office",
                "lithium batteries are on sale",
                "I watched a film on autism",
                "a bipolar transistor",
                "How is insulin produced?",
                "I am a Cancer researcher",
                "aids the process",
                "cancerous",
                "the great depression",
                "I have read that hypertension is common",
                "he works on HIV vaccines with us",
            ],
        );
    }
}
