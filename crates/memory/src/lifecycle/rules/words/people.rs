//! People: relations, common first names, and what looks like a name and is none.

use std::sync::LazyLock;

use super::{Words, set};

/// Somebody's people. Underscores join what belongs together.
pub(crate) static RELATIONS: Words = LazyLock::new(|| {
    set(
        "apprentice teammate trainer godson goddaughter wife husband spouse partner girlfriend boyfriend fiancée fiancé fiancee fiance gf bf mother mom mum mommy mummy mama \
         father dad daddy papa sister brother son daughter child baby kid toddler teenager sibling twin stepson stepdaughter stepmother \
         stepfather stepmom stepmum stepdad stepsister stepbrother half-sister half-brother grandmother grandma granny nana gran \
         grandfather grandpa granddad grandad grandson granddaughter grandchild aunt auntie uncle cousin niece nephew friend \
         bestie boss colleague coworker co-worker roommate flatmate housemate neighbour neighbor mother-in-law \
         father-in-law sister-in-law brother-in-law son-in-law daughter-in-law godmother godfather godson goddaughter godchild \
         therapist mentor supervisor landlord landlady lodger nan nonna oma opa grandad missus nanny ex ex-wife ex-husband ex-girlfriend ex-boyfriend girl boy mate buddy manager family",
    )
});
/// Those of whom one has one at a time, and not always.
pub(crate) static PARTNERS: Words =
    LazyLock::new(|| set("girlfriend boyfriend gf bf partner fiancée fiancé fiancee fiance"));
/// Those with whom nobody is together.
pub(crate) static NO_LOVES: Words = LazyLock::new(|| {
    set(
        "brother sister mother mom mum father dad parents son daughter cousin uncle aunt nephew niece grandmother grandfather \
         friend mate buddy boss colleague coworker flatmate roommate housemate bandmate neighbour neighbor",
    )
});
/// Several people at once.
pub(crate) static PLURAL_RELATIONS: Words = LazyLock::new(|| {
    set(
        "parents grandparents kids children siblings sisters brothers sons daughters twins cousins nieces nephews \
         grandchildren grandkids in-laws lads babies stepchildren stepkids girls boys friends",
    )
});
/// What somebody is at a wedding or a christening of others.
pub(crate) static WEDDING_ROLES: Words = LazyLock::new(|| {
    set(
        "best_man maid_of_honour maid_of_honor bridesmaid groomsman godfather godmother witness flower_girl ring_bearer",
    )
});
pub(crate) static RELIGIONS: Words = LazyLock::new(|| {
    set(
        "muslim christian catholic jewish hindu buddhist sikh protestant orthodox mormon quaker lutheran methodist anglican pagan",
    )
});
/// "the kids": said of one's own.
pub(crate) static OF_THE_HOUSE: Words =
    LazyLock::new(|| set("kids children boys girls lads twins son daughter baby"));
/// Words between "my" and the relation.
pub(crate) static RELATION_ADJECTIVES: Words = LazyLock::new(|| {
    set(
        "older younger elder eldest oldest youngest little big small best good close old new late lovely dear dearest twin middle \
         baby beloved only first second third childhood oldest long-term longtime future wonderful beautiful current own \
         closest maternal paternal great foster adopted identical newborn teenage adult ex former",
    )
});
/// One has one of these at a time: the word, and the key of what is known about that person.
pub(crate) const SINGLE_RELATIONS: &[(&str, &str)] = &[
    ("wife", "partner"),
    ("husband", "partner"),
    ("spouse", "partner"),
    ("partner", "partner"),
    ("girlfriend", "partner"),
    ("boyfriend", "partner"),
    ("gf", "partner"),
    ("bf", "partner"),
    ("fiancée", "partner"),
    ("fiancé", "partner"),
    ("fiancee", "partner"),
    ("fiance", "partner"),
    ("mother", "mother"),
    ("mom", "mother"),
    ("mum", "mother"),
    ("mommy", "mother"),
    ("mummy", "mother"),
    ("mama", "mother"),
    ("father", "father"),
    ("dad", "father"),
    ("daddy", "father"),
    ("papa", "father"),
    ("boss", "boss"),
    ("mother-in-law", "mother_in_law"),
    ("father-in-law", "father_in_law"),
    ("therapist", "therapist"),
];
pub(crate) static FEMALE: Words = LazyLock::new(|| {
    set(
        "wife girlfriend gf fiancée fiancee mother mom mum mommy mummy mama sister daughter stepdaughter stepmother stepmom stepmum \
         stepsister half-sister grandmother grandma granny nana gran granddaughter aunt auntie niece mother-in-law \
         sister-in-law daughter-in-law godmother goddaughter ex-wife ex-girlfriend girl nan nonna oma missus landlady",
    )
});
pub(crate) static MALE: Words = LazyLock::new(|| {
    set(
        "husband boyfriend bf fiancé fiance father dad daddy papa brother son stepson stepfather stepdad stepbrother half-brother \
         grandfather grandpa granddad grandad grandson uncle nephew father-in-law brother-in-law son-in-law godfather godson \
         ex-husband ex-boyfriend boy opa grandad landlord",
    )
});

/// First names common enough to be known in lower case, where no everyday word is spelt the same.
pub(crate) static FIRST_NAMES: Words = LazyLock::new(|| {
    set(
        "aaron abby abdul abigail adam adrian adriana agnes ahmed aisha alan albert alejandro alessandro alex alexa \
         alexander alexandra alexis alfred ali alice alicia alina alison allison alyssa amanda amelia amina amir amit amy \
         ana anastasia anders andre andrea andreas andrei andrew andy angela angelina anika anil anita anja anna annabelle anne annette \
         annie anthony antoine anton antonio anya arjun arthur ashley astrid audrey aurora ava barbara beatrice becky \
         ben benjamin bernard beth betty bianca bob bobby boris brad brandon brenda brian bruno bryan caitlin camila \
         camille carl carla carlos carmen carol caroline carolina catherine cathy cecilia celine charles charlie charlotte chiara chloe chris \
         christian christina christine christopher cindy claire clara claudia clara colin connor craig cristina cynthia daisuke \
         dan daniel daniela danielle danny dave david deborah debbie denis denise dennis derek diana diego dimitri diane dmitri dmitry dominic dominik \
         donald donna doris dorothy doug douglas dylan eddie edgar eduardo edward elaine eleanor elena eleni eli elias elif elijah elisa \
         elisabeth elise elizabeth ella ellen ellie elsa emilia emilio emily emma emmanuel enrique eric erica erik erika erin ernesto \
         esther ethan eugene eva evan evelyn fabian fatima federico felicity felix fernando fiona florian frances francesca francesco \
         francisco frederick frida gabriel gabriela gabriella gareth gary gemma geoff george georgia gerard giorgio giovanni \
         gina giulia gloria gonzalo gordon graham greg gregory greta guillaume gustav hana hannah hans harriet \
         harry hassan heather hector heidi helen helena helene henrik henry hiroshi hugo ian ibrahim igor ilona imran ines ingrid \
         irene irina isaac isabel isabella isabelle ivan jack jackie jacob jacqueline jake james jamie jan jana jane janet janice \
         jasmine jason javier jeff jeffrey jen jennifer jenny jens jeremy jerry jess jesse jessica jessie jill jim jimmy joan joanna joanne joe \
         joel johan johanna johannes john johnny jon jonas jonathan jordan jorge jose josef joseph josephine josh joshua juan \
         judith judy julia julian juliana julie juliet julien julius justin kai karen karim karin karina karl karolina kasper kate katerina katherine kathleen \
         kathryn kathy katie katja katrin katya kayla keith kelly ken kenji kenneth kevin khalid kim kirsten klaus kristen kristin kristina kumar \
         kurt kyle lara larissa lars laura lauren laurent layla lea leah leila lena leo leon leonardo leonie leslie liam lily lina linda lindsay lisa liz \
         lorenzo lorraine louis louisa louise luca lucas lucia lucie lucy luis luisa luka lukas luke luna lydia lynn mackenzie madison magdalena \
         maja malik manuel marc marcel marco marcos marcus margaret margot maria mariam marianne marie marina mario marion marisa marius marlene marta martha \
         martin martina mary mateo mathieu mathilde matteo matt matthew matthias max maya megan mei melanie melissa mia michael michaela michelle \
         miguel mike mikhail mila milan milena miranda miriam mohamed mohammed moritz monica monika muhammad nadia nadine nancy naomi natalia \
         natalie natasha nathan nathalie neha neil nicholas nick nicola nicolas nicole nikita nikolai nils nina noah noel noemi nora norbert \
         norman olaf oleg olga oliver olivia omar oscar oskar otto owen pablo pamela paolo patricia patrick paul paula paulina pauline pedro \
         peggy penelope pete peter petra phil philip philippe phoebe pia pierre piotr priya rachel radek rafael rahul raj ralph ramon rania \
         raquel raul ravi raymond rebecca regina renata rené ricardo richard rick rita robert roberta roberto robin rodrigo roger roland roman romain ron \
         ronald rosa rosie ruben rudolf rupert russell ruth ryan sabine sabrina sally sam samantha sami samir samuel sandra sanjay sara \
         sarah sasha scott sean sebastian selena serena sergei sergio shane shannon sharon sheila shirley silvia simon simone sinead sofia sonia \
         sonja sophia sophie stacy stan stefan stefanie stella stephan stephanie stephen steve steven stuart sue susan susanne suzanne svetlana sven sybille sylvia \
         tamara tania tanja tanya tara tatiana ted teresa terry tess thea theo theodore theresa thierry thomas tiffany tim timothy tina tobias \
         tod todd tom tomas tommy tony tracy travis trevor ulrich ulrike ursula valentina valeria valerie vanessa vera veronica veronika vicky victor victoria \
         vijay viktor vincent viola virginia vivian vladimir walter wanda wei wendy werner wilhelm william xavier yann yasmin yasmine yolanda yuki \
         yuri yusuf yvonne zach zachary zara zoe zofia bella rex priyanka aiko akira sakura kwame amara chidi ngozi oluwaseun thandi anouk sanne \
         bram femke joost pieter willem magnus soren freya saoirse niamh siobhan eoin callum hamish ewan angus moira finn dane scot momo",
    )
});

/// What may follow "I'm" or "my name is" with a capital and is no name.
pub(crate) static NOT_NAMES: Words = LazyLock::new(|| {
    set(
        "mud not so sorry here fine good ok okay back done home just still very really too all also the a an in on at happy sad \
         tired ready sure afraid legion batman spartacus groot superman spiderman jesus god satan santa napoleon darth \
         irrelevant unimportant private secret confidential none nobody no my your his her its our their this that it what \
         who unknown hard difficult pronounced spelled spelt written changed mr mrs ms miss dr sir madam \
         catholic christian muslim jewish hindu buddhist atheist agnostic protestant orthodox sikh mormon lutheran anglican \
         capricorn aquarius pisces aries taurus gemini cancer virgo libra scorpio sagittarius \
         monday tuesday wednesday thursday friday saturday sunday january february march april june july august \
         september october november december christmas easter internet english asian african european caucasian latino latina hispanic black white \
         lgbt lgbtq gay lesbian bi bisexual trans queer straight nonbinary non-binary adhd intj intp infj infp entj entp enfj enfp istj isfj \
         estj esfj istp isfp estp esfp republican democrat libertarian conservative liberal socialist communist vegan vegetarian diabetic \
         bored lost stuck confused new interested excited curious glad proud busy free single married divorced engaged \
         going looking trying working thinking wondering feeling doing having getting making using writing reading learning planning \
         team gen generation ceo cto cfo cio coo hr it pm qa phd md rn java python rust javascript linux windows mac apple google microsoft amazon \
         type crazy maybe later tomorrow today whatever anytime old-fashioned naive stupid cynical biased picky paranoid weird silly when if as \
         i you he she we they me him them us is was are am be been being do does did have has had will would can could well yes yeah hi hello hey \
         hungry cold hot sick ill ashamed aware certain convinced overwhelmed stressed worried scared pregnant retired unemployed alone broke \
         out off up down over under into about from with for by of to like pretty quite rather more less most super absolutely definitely probably \
         currently actually always never often sometimes",
    )
});
/// Small words inside a name.
pub(crate) static NAME_PARTICLES: Words =
    LazyLock::new(|| set("de da di del della van von der den la le du dos das bin ibn al el ben ter ten st"));

pub(crate) static MARITAL: Words = LazyLock::new(|| set("married single divorced engaged widowed separated"));
pub(crate) static FAMILY_ROLES: Words = LazyLock::new(|| {
    set(
        "a_mother a_father a_mom a_mum a_dad a_parent a_grandmother a_grandfather a_grandma a_grandpa a_grandparent a_single_mother a_single_father \
         a_single_mom a_single_mum a_single_dad a_single_parent an_aunt an_uncle a_stepmother a_stepfather a_stepmom a_stepdad an_only_child a_twin \
         a_new_mom a_new_mum a_new_dad a_new_father a_new_mother a_proud_mother a_proud_father a_proud_dad a_proud_mom a_proud_mum \
         the_oldest the_youngest the_eldest the_oldest_child the_youngest_child the_middle_child a_middle_child the_mother the_father the_mom the_mum the_dad the_parent the_proud_mother the_proud_father a_proud_parent a_widow a_widower an_orphan",
    )
});
pub(crate) static TRAITS: Words = LazyLock::new(|| {
    set(
        "an_introvert an_extrovert an_ambivert a_night_owl an_early_bird a_morning_person an_early_riser a_late_riser a_homebody a_perfectionist \
         a_workaholic a_light_sleeper a_heavy_sleeper a_smoker a_non-smoker a_nonsmoker a_polyglot a_night_person an_evening_person a_people_person \
         a_minimalist a_digital_nomad a_chain_smoker a_social_drinker a_picky_eater a_fussy_eater introverted extroverted a_blood_donor \
         a_cancer_survivor a_recovering_alcoholic a_veteran a_feminist a_pacifist a_coffee_drinker a_tea_drinker a_foodie a_bookworm a_gamer a_runner a_cyclist \
         a_climber a_swimmer a_hiker an_insomniac a_bachelor a_backpacker a_globetrotter a_scuba_diver a_skier a_surfer a_triathlete a_marathon_runner a_hobby_gardener \
         a_chess_player a_tennis_player a_football_player a_basketball_player a_birdwatcher a_cancer_patient a_wheelchair_user a_first-time_mom a_first-time_dad",
    )
});
