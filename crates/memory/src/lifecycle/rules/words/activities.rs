//! What people do: sports, instruments, hobbies, appointments, goals.

use std::sync::LazyLock;

use super::{Words, set};

/// What one plays.
pub(crate) static PLAYED: Words = LazyLock::new(|| {
    set(
        "guitar piano violin cello drums flute clarinet saxophone sax trumpet trombone harp bass keyboard keyboards ukulele banjo mandolin accordion \
         harmonica oboe bassoon organ viola bagpipes double_bass synth percussion recorder tuba horn lute sitar tabla \
         football soccer tennis basketball volleyball badminton squash golf hockey ice_hockey rugby cricket baseball softball handball lacrosse \
         table_tennis ping_pong padel pickleball water_polo polo darts pool snooker billiards video_games computer_games board_games card_games tabletop_games chess go poker bridge backgammon mahjong scrabble \
         frisbee ultimate paintball bowling minecraft fortnite d&d dnd dungeons_and_dragons warhammer magic pokémon zelda starcraft dota \
         valorant overwatch wow league_of_legends netball floorball petanque boules bingo",
    )
});
/// Verbs that are a hobby when nothing follows them.
pub(crate) static HOBBY_VERBS: Words = LazyLock::new(|| {
    set(
        "paint knit sew draw sing dance garden climb hike cycle surf ski swim fish hunt bake crochet meditate sculpt juggle box row sail dive \
         jog volunteer blog snowboard skate skateboard kayak fence embroider quilt kitesurf windsurf foster homeschool freelance snore \
         smoke vape commute bike run birdwatch",
    )
});
/// What one does or practises.
pub(crate) static PRACTISED: Words = LazyLock::new(|| {
    set(
        "yoga karate judo taekwondo jiu-jitsu bjj aikido kickboxing boxing pilates meditation martial_arts tai_chi crossfit gymnastics ballet \
         parkour calligraphy origami photography pottery ceramics improv archery fencing triathlons triathlon climbing bouldering weightlifting \
         powerlifting mindfulness stand-up theatre theater capoeira muay_thai krav_maga wrestling qigong zumba salsa tango swimming \
         intermittent_fasting hiking running buddhism",
    )
});
/// What one collects.
pub(crate) static COLLECTED: Words = LazyLock::new(|| {
    set(
        "stamp coin record vinyl book comic postcard watch minerals rock shell sneaker mug magnet doll card figurine antique art \
         map pen teapot toy typewriter lego fossil plant whisky wine cactus succulents",
    )
});
/// Appointments and other things that have a day.
pub(crate) static EVENTS: Words = LazyLock::new(|| {
    set(
        "parental_leave maternity_leave pitch practice assessment rounds course offsite reading replacement appointment meeting interview exam flight wedding test surgery operation concert deadline presentation party reservation trip date \
         checkup check-up call conference marathon half-marathon race recital viva defence defense graduation hearing game match tournament festival holiday \
         vacation visit lesson webinar workshop audition mri scan reunion funeral ceremony exhibition performance show gig hackathon \
         opening housewarming barbecue bbq picnic sleepover blood_test jab vaccine infusion follow-up court_date moving_day handover contest regatta derby christening stag_do hen_do baby_shower kickoff standup release boat_trip panel gender_reveal open_day driving_test inspection swap dive market fair hike outing deployment drinks lessons classes exams party_night raffle auction swim_meet meet booking dinner lunch brunch anniversary birthday procedure ultrasound x-ray colonoscopy biopsy consultation move baptism christening \
         bar_mitzvah prom competition triathlon final finals midterm quiz demo review session class talk lecture dissertation thesis screening \
         ironman ultramarathon 10k 5k half due_date retreat cruise tour camp rehearsal play shift viewing inspection delivery launch premiere speech seminar symposium shoot photoshoot vaccination",
    )
});
/// Who meets again and again.
pub(crate) static CIRCLES: Words = LazyLock::new(|| {
    set(
        "group club choir band team quartet orchestra class circle squad league ensemble trio society crew session practice training rehearsal therapy physio football rugby hockey training_session lesson game_night evening quiz",
    )
});
pub(crate) static FESTIVALS: Words = LazyLock::new(|| {
    set("ramadan lent hanukkah diwali eid shabbat sabbath passover advent yom_kippur nowruz")
});
/// Where one plays or sings.
pub(crate) static ENSEMBLES: Words = LazyLock::new(|| {
    set("symphony orchestra philharmonic choir band ensemble quartet opera big_band squad eleven")
});
/// What somebody sings in a choir.
pub(crate) static VOICES: Words =
    LazyLock::new(|| set("soprano mezzo mezzo-soprano alto contralto countertenor tenor baritone bass"));
/// What a contract does in the end.
pub(crate) static EXPIRES: Words = LazyLock::new(|| set("expires ends runs_out is_up is_over"));
/// Whom one sees on a day that was agreed upon.
pub(crate) static VISITS: Words = LazyLock::new(|| {
    set(
        "dentist doctor gp optician hairdresser haircut physio vet dermatologist orthodontist midwife checkup check-up blood_test smear mot osteopath cardiologist therapist neurologist gynaecologist gynecologist ophthalmologist oncologist rheumatologist urologist paediatrician pediatrician podiatrist chiropractor",
    )
});
/// How one gets to a place.
pub(crate) static TRAVEL_VERBS: Words = LazyLock::new(|| {
    set("flying going travelling traveling driving heading moving relocating off cycling sailing emigrating")
});
/// What happens to somebody.
pub(crate) static HAPPENINGS: Words = LazyLock::new(|| {
    set(
        "surgery a_baby an_operation a_heart_attack a_stroke a_miscarriage a_car_accident an_accident a_bike_accident a_baby_boy a_baby_girl twins \
         knee_surgery back_surgery heart_surgery eye_surgery hip_surgery a_c-section a_hip_replacement a_knee_replacement a_son a_daughter covid a_vasectomy my_appendix_removed \
         a_burnout a_concussion a_transplant a_kidney_transplant a_liver_transplant a_bypass chemotherapy chemo",
    )
});
/// What begins on a day.
pub(crate) static BEGINNINGS: Words = LazyLock::new(|| {
    set(
        "job role position school university college course treatment therapy chemo chemotherapy diet internship apprenticeship phd master's masters degree semester \
         training programme program kindergarten studies uni sabbatical leave bootcamp residency placement",
    )
});
pub(crate) static EXAMS: Words = LazyLock::new(|| {
    set(
        "exam exams test driving_test finals bar boards defence defense viva audition thesis licence license certification a-levels gcses interview probation midterms",
    )
});
pub(crate) static PRIZES: Words = LazyLock::new(|| {
    set(
        "award prize competition tournament race scholarship lottery medal match championship contest cup trophy grant hackathon raffle election",
    )
});
/// What people write, make and build over months.
pub(crate) static WORKS: Words = LazyLock::new(|| {
    set(
        "book novel memoir thesis dissertation album autobiography cookbook phd screenplay musical house boat cabin treehouse shed kitchen bathroom flat apartment",
    )
});

pub(crate) static LESSONS: Words = LazyLock::new(|| set("lesson class"));
pub(crate) static WRITTEN: Words = LazyLock::new(|| {
    set("poetry poems songs short_stories novels fiction fanfiction music screenplays children's_books")
});
pub(crate) static GROUPS: Words = LazyLock::new(|| {
    set("team band choir orchestra club quartet league group ensemble trio squad committee board")
});
/// What one goes to until one no longer does.
pub(crate) static GROUPS_LEFT: Words = LazyLock::new(|| {
    set(
        "gym choir band team club course class orchestra book_club running_club yoga pilates group squad committee board",
    )
});
pub(crate) static ABILITIES: Words =
    LazyLock::new(|| set("swim drive cook dance ski sing whistle ride_a_bike read_music"));
