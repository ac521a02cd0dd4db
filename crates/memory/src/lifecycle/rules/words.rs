//! Lists of words that patterns need.

/// People that somebody has, as alternatives of a pattern. Those in [`SINGLE`] one has one of at a time.
pub(super) const RELATIONS: &str = "wife|husband|spouse|partner|girlfriend|boyfriend|fiancée|fiancé|fiancee|fiance|mother|mom|mum|father|dad|\
    sister|brother|son|daughter|child|baby|stepson|stepdaughter|grandmother|grandma|grandfather|grandpa|aunt|uncle|\
    cousin|niece|nephew|friend|best friend|boss|manager|colleague|roommate|flatmate|neighbour|neighbor|twin|doctor|\
    dentist|therapist|teacher|mother-in-law|father-in-law|sister-in-law|brother-in-law|older sister|older brother|\
    younger sister|younger brother|little sister|little brother|big sister|big brother";
pub(super) const SINGLE: [&str; 17] = [
    "wife", "husband", "spouse", "partner", "girlfriend", "boyfriend", "fiancée", "fiancé", "fiancee", "fiance", "mother",
    "mom", "mum", "father", "dad", "best friend", "boss",
];
pub(super) const PETS: &str =
    "dog|cat|puppy|kitten|hamster|rabbit|bunny|parrot|horse|pony|goldfish|fish|turtle|tortoise|guinea pig|bird|snake|pet|ferret|lizard|chicken";
/// Diets, as alternatives.
pub(super) const DIETS: &str = "vegetarian|vegan|pescatarian|flexitarian|kosher|halal|teetotal|teetotaler|gluten-free|lactose intolerant|gluten intolerant|coeliac|celiac";
/// Lasting conditions, as alternatives.
pub(super) const CONDITIONS: &str = "asthma|diabetes|type 1 diabetes|type 2 diabetes|epilepsy|migraines|migraine|arthritis|adhd|autism|dyslexia|depression|anxiety|insomnia|tinnitus|hypertension|high blood pressure|celiac disease|coeliac disease|hay fever|eczema|psoriasis|anaemia|anemia|scoliosis|endometriosis";
/// Things worth knowing that somebody has.
pub(super) const POSSESSIONS: &str = "car|bike|bicycle|motorbike|motorcycle|house|flat|apartment|garden|boat|van|caravan|camper|piano|guitar|violin|telescope|allotment|cabin|cottage|farm|tesla|e-bike|scooter";
/// The last word of a profession, as alternatives; with `-er`, `-or` and `-ist` words that the list does not name.
pub(super) const PROFESSIONS: &str = "engineer|developer|programmer|designer|teacher|professor|lecturer|nurse|doctor|surgeon|dentist|vet|veterinarian|lawyer|solicitor|barrister|attorney|accountant|architect|artist|painter|musician|singer|actor|actress|writer|author|journalist|editor|chef|cook|baker|waiter|waitress|barista|bartender|driver|pilot|mechanic|electrician|plumber|carpenter|builder|farmer|gardener|scientist|researcher|physicist|chemist|biologist|mathematician|psychologist|therapist|physiotherapist|pharmacist|paramedic|midwife|firefighter|policeman|policewoman|officer|soldier|librarian|translator|interpreter|photographer|filmmaker|director|producer|manager|consultant|analyst|salesman|saleswoman|cashier|clerk|secretary|assistant|administrator|student|freelancer|entrepreneur|founder|economist|statistician|historian|philosopher|sculptor|tailor|hairdresser|butcher|fisherman|sailor|astronaut|social worker|data scientist|product manager|project manager|civil servant|stay-at-home mum|stay-at-home mom|stay-at-home dad|coach|trainer|tutor|geologist|beekeeper|florist|jeweller|dancer|dj|comedian|violinist|pianist|drummer|guitarist";
/// Words that look like a name after "I'm" and are none.
pub(super) const NOT_NAMES: &[&str] = &[
    "mud", "american", "australian", "austrian", "belgian", "brazilian", "british", "canadian", "catholic", "chinese",
    "christian", "czech", "danish", "dutch", "english", "european", "finnish", "french", "german", "greek", "hindu",
    "hungarian", "indian", "irish", "italian", "japanese", "jewish", "korean", "mexican", "muslim", "norwegian", "not",
    "polish", "portuguese", "russian", "scottish", "so", "sorry", "spanish", "swedish", "swiss", "turkish", "ukrainian",
    "welsh", "here", "fine", "good", "ok", "okay", "back", "done", "home", "just", "still", "very", "really", "too", "all",
    "also", "the", "a", "an", "in", "on", "at", "happy", "sad", "tired", "ready", "sure", "afraid", "legion", "batman",
];
pub(super) const NATIONALITIES: &str = "American|Australian|Austrian|Belgian|Brazilian|British|Canadian|Chinese|Czech|Danish|Dutch|English|Finnish|French|German|Greek|Hungarian|Indian|Irish|Italian|Japanese|Korean|Mexican|Norwegian|Polish|Portuguese|Russian|Scottish|Spanish|Swedish|Swiss|Turkish|Ukrainian|Welsh";
/// What is liked in passing: pointers and politeness.
pub(super) const NOT_LIKED: &[&str] =
    &["it", "that", "this", "them", "those", "these", "you", "your", "him", "her", "how", "what", "when", "where", "one", "the idea", "the sound", "the way", "the first", "the second"];
