//! Work and studies.

use std::sync::LazyLock;

use super::{Words, set};

/// The last word of what somebody is by profession.
pub(crate) static PROFESSIONS: Words = LazyLock::new(|| {
    set(
        "physio hairdresser firefighter postdoc apprentice subtitler accountant actor actress actuary acupuncturist administrator adviser advisor agent agronomist analyst anesthesiologist animator \
         anthropologist apprentice archaeologist architect archivist artist assistant astronaut astronomer astrophysicist attorney auctioneer auditor author \
         baker banker barber barista barrister bartender beautician beekeeper biochemist biologist blacksmith blogger bookkeeper bookseller botanist \
         bricklayer broker builder butcher buyer cameraman captain cardiologist caregiver caretaker caregiver carer carpenter cartographer cartoonist cashier \
         caterer chef chemist childminder chiropractor choreographer cinematographer clerk cleaner climatologist clinician coach cobbler columnist comedian \
         commissioner composer conductor conservator consultant contractor cook copywriter coordinator coroner counselor counsellor courier \
         craftsman cryptographer curator dancer dentist dermatologist designer detective developer dietician dietitian diplomat director dispatcher diver dj \
         doctor doula dramaturg dressmaker driver ecologist economist editor educator electrician embryologist endocrinologist engineer entomologist entrepreneur \
         epidemiologist estate_agent executive exterminator farmer farrier filmmaker financier firefighter fireman fisherman florist foreman forester founder freelancer \
         gardener gastroenterologist geneticist geographer geologist geophysicist goldsmith grocer guide gynecologist hairdresser hairstylist handyman \
         headmaster headteacher herbalist historian housekeeper housewife househusband homemaker hydrologist illustrator immunologist inspector \
         instructor intern internist interpreter inventor investigator janitor jeweler jeweller joiner journalist judge kindergarten_teacher \
         landscaper lawyer lecturer librarian lifeguard linguist locksmith logistician machinist magician magistrate mailman maintainer makeup_artist manager \
         marketer marketeer mason masseur masseuse mathematician mechanic mediator medic merchant meteorologist microbiologist midwife \
         miner minister model musician musicologist nanny neurologist neuroscientist neurosurgeon notary novelist nurse nutritionist obstetrician oceanographer officer \
         oncologist operator optician optometrist orthodontist osteopath painter paralegal paramedic paleontologist pastor pathologist paediatrician \
         pediatrician performer pharmacist pharmacologist philosopher photographer photojournalist physician physicist physiologist physiotherapist pianist pilot planner \
         plasterer playwright plumber podcaster podiatrist poet policeman policewoman politician porter postdoc postman potter preacher priest principal \
         printer producer professor programmer proofreader psychiatrist psychoanalyst psychologist psychotherapist publicist publisher rabbi radiographer radiologist \
         ranger realtor receptionist recruiter referee registrar reporter representative researcher restorer restaurateur roofer sailor salesman salesperson saleswoman \
         scholar scientist screenwriter sculptor seamstress secretary security_guard guard server shepherd sheriff shopkeeper singer social_worker sociologist \
         software_engineer soldier solicitor sommelier songwriter specialist statistician stewardess steward stockbroker strategist streamer stuntman stylist superintendent supervisor \
         surgeon surveyor tailor tattooist tattoo_artist teacher technician technologist teller tester therapist tiler toolmaker trader trainer translator \
         trucker tutor typist undertaker upholsterer urologist valet vet veterinarian violinist vlogger waiter waitress warden watchmaker weaver \
         webmaster welder woodworker worker writer youtuber zookeeper zoologist dba sysadmin devops_engineer swe ceo cto cfo coo gp hr_manager \
         dev sde cellist drummer guitarist flautist saxophonist percussionist organist bassist trumpeter admin firewoman chauffeur butler barmaid barman bouncer \
         student undergraduate undergrad grad_student postgraduate freshman sophomore trainee volunteer au_pair civil_servant influencer \
         stay-at-home_mom stay-at-home_mum stay-at-home_dad dogwalker groomer sitter keeper assembler stocker packer picker lumberjack logger \
         paraeducator phlebotomist hygienist sonographer perfusionist audiologist orthoptist prosthetist anaesthetist obgyn \
         lobbyist speechwriter demographer criminologist lexicographer philologist egyptologist numismatist theologian astrologer \
         cna lpn emt paramedic treasurer chairman chairwoman chairperson team_leader section_leader group_leader team_lead tech_lead qa_lead shift_leader doorman \
         tuner marine sergeant lieutenant colonel major corporal general cop veteran deputy bailiff jailer",
    )
});
/// Not a profession when these describe it: "a terrible cook".
pub(crate) static EVALUATIONS: Words = LazyLock::new(|| {
    set(
        "good bad terrible great better awful lousy decent horrible worse excellent amazing huge big keen avid wannabe not no worst best \
         poor mediocre passable slow fast careful nervous confident safe dangerous crazy frequent mere bit total complete real true fellow \
         natural born long-time role hopeless rubbish heavy light mean failed would-be armchair backseat sucker lucky happy sad tired \
         model sore control fashion guinea",
    )
});

/// Kinds of employers.
pub(crate) static EMPLOYERS: Words = LazyLock::new(|| {
    set(
        "company startup start-up hospital school university college bank bakery restaurant shop store library clinic firm agency lab laboratory factory \
         warehouse museum hotel café cafe bar office council government supermarket kindergarten nursery gym farm airport studio practice \
         charity ngo nonprofit non-profit publisher newspaper magazine theatre theater bookshop bookstore pharmacy garage hostel zoo \
         salon brewery winery consultancy institute academy ministry embassy court station plant shipyard corporation organisation \
         organization business department team pub kitchen hospice daycare church orchestra vineyard mill mine port harbour dealership \
         fintech agency foundation think-tank cooperative co-op bureau chain multinational",
    )
});
/// What one works "in" that is no place.
pub(crate) static FIELDS: Words = LazyLock::new(|| {
    set(
        "marketing it tech technology finance healthcare sales hr education logistics construction engineering research advertising \
         banking insurance accounting hospitality retail tourism publishing media journalism manufacturing agriculture law medicine \
         consulting recruitment procurement design fashion film television tv radio entertainment gaming software hardware security \
         cybersecurity real_estate telecommunications telecom pharma pharmaceuticals biotech energy automotive aviation aerospace politics government \
         administration management operations support customer_service customer_support human_resources public_relations pr compliance analytics data_science \
         data ai machine_learning robotics science academia childcare social_work mental_health nursing teaching translation catering food_service fintech \
         ecommerce e-commerce product supply_chain public_health information_technology property forestry fishing mining oil_and_gas renewable_energy sports theatre theater music architecture",
    )
});
pub(crate) static BUSINESSES: Words = LazyLock::new(|| {
    set(
        "business company startup start-up bakery restaurant shop store café cafe bar agency studio farm hotel firm salon blog podcast \
         channel bookshop bookstore gallery gym clinic practice pub brewery vineyard consultancy charity nonprofit bnb b&b guesthouse hostel \
         newsletter workshop boutique franchise nursery kindergarten winery pharmacy garage truck campsite campground kennel kennels cattery stables ranch orchard \
         dairy butchery deli bistro tavern boarding_house publishing_house daycare preschool tearoom bookbindery smithy forge sawmill distillery roastery laundromat launderette \
         market_stall food_truck barbershop dojo",
    )
});
/// What somebody runs or makes that has a name of its own.
pub(crate) static VENTURES: Words = LazyLock::new(|| {
    set(
        "bakery shop café cafe business restaurant bar podcast blog band boat brand label choir quartet farm studio salon gallery channel newsletter novel game ship workshop brewery pub",
    )
});
pub(crate) static SHIFTS: Words = LazyLock::new(|| {
    set(
        "nights days night_shifts day_shifts shifts lates earlies early_shifts late_shifts the_night_shift the_late_shift the_early_shift night_shift day_shift weekends part-time full-time four_days_a_week",
    )
});
pub(crate) static RESEARCH: Words = LazyLock::new(|| {
    set("thesis dissertation phd doctorate research doctoral_work work master's_thesis project")
});
/// What somebody applies for.
pub(crate) static APPLIED_FOR: Words = LazyLock::new(|| {
    set(
        "citizenship visa job position role scholarship grant passport residency loan mortgage fellowship internship apprenticeship phd asylum promotion settlement green_card",
    )
});
/// What one attends for weeks to learn something.
pub(crate) static COURSES: Words = LazyLock::new(|| {
    set(
        "course class workshop bootcamp diploma apprenticeship traineeship evening_class evening_course night_school",
    )
});
pub(crate) static ORDINALS: Words =
    LazyLock::new(|| set("first second third fourth fifth sixth final last 1st 2nd 3rd 4th 5th 6th"));
/// What programs are written in.
pub(crate) static CODE: Words = LazyLock::new(|| {
    set(
        "rust python java javascript typescript go golang c c++ c# kotlin swift scala haskell elixir erlang ruby php perl r julia cobol fortran clojure ocaml zig dart lua matlab sql",
    )
});
/// Fields of study, by their last word.
pub(crate) static SUBJECTS_OF_STUDY: Words = LazyLock::new(|| {
    set(
        "biology chemistry physics maths math mathematics medicine law economics history philosophy psychology sociology literature linguistics \
         engineering architecture art arts music business finance accounting marketing journalism politics geography geology astronomy \
         anthropology archaeology theology education nursing pharmacy dentistry design informatics statistics science sciences computing cs \
         english french german spanish japanese chinese italian russian latin greek philology management studies relations \
         biochemistry neuroscience ecology agriculture veterinary film theatre theater photography fashion communications communication media \
         criminology robotics ai astrophysics genetics bioinformatics administration mba logistics tourism hospitality theory humanities classics biotechnology immunology cybersecurity languages language compsci comp_sci",
    )
});
pub(crate) static SCHOOLS: Words = LazyLock::new(|| {
    set(
        "university college school academy institute uni polytechnic conservatory conservatoire eth mit ucla nyu ucl lse stanford harvard \
         yale princeton oxford cambridge berkeley caltech cornell columbia duke tum epfl sciences_po sorbonne imperial kings usc tu state tech",
    )
});

pub(crate) static WORK_STATES: Words = LazyLock::new(|| {
    set(
        "retired unemployed self-employed self_employed freelance freelancing semi-retired jobless between_jobs out_of_work on_maternity_leave on_paternity_leave \
         on_parental_leave on_sabbatical on_a_sabbatical job_hunting job-hunting looking_for_work looking_for_a_job a_housewife",
    )
});
pub(crate) static WORK_MODES: Words = LazyLock::new(|| {
    set(
        "from_home remotely part-time full-time part_time full_time night_shifts nights weekends freelance for_myself shifts the_night_shift the_late_shift night_shift in_shifts \
         in_a_team",
    )
});
pub(crate) static DEGREES: Words = LazyLock::new(|| {
    set(
        "phd ph.d doctorate master masters bachelor bachelors mba msc bsc ma ba degree diploma mphil md postdoc a-levels apprenticeship certificate",
    )
});

pub(crate) static FORCES: Words = LazyLock::new(|| {
    set(
        "the_army the_navy the_military the_air_force the_marines the_reserves the_coast_guard the_national_guard the_police",
    )
});
/// Whom the public pays, always with "the".
pub(crate) static SERVICES: Words = LazyLock::new(|| {
    set(
        "railway railways fire_brigade fire_service fire_department post_office postal_service government state ministry city county council church \
         un eu nhs bbc health_service ambulance_service coastguard forestry_commission court post embassy civil_service water_board police police_department",
    )
});
pub(crate) static SCHOOL_LEVELS: Words = LazyLock::new(|| {
    set(
        "school kindergarten nursery preschool elementary_school high_school middle_school college university grad_school graduate_school primary_school med_school medical_school law_school secondary_school",
    )
});
/// With whom one works, where it says what the work is.
pub(crate) static CLIENTS: Words = LazyLock::new(|| {
    set(
        "children kids animals patients elderly teenagers students horses refugees toddlers veterans infants seniors",
    )
});
