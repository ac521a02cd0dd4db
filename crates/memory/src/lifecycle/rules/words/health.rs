//! Health, diets and allergies.

use std::sync::LazyLock;

use super::{Words, set};

pub(crate) static DIETS: Words = LazyLock::new(|| {
    set(
        "vegetarian vegan pescatarian pescetarian flexitarian veggie lacto-vegetarian plant-based kosher halal keto paleo low-carb low_carb",
    )
});

/// Lasting conditions, by their last word or two.
pub(crate) static CONDITIONS: Words = LazyLock::new(|| {
    set(
        "glaucoma herniated_disc cataracts gout tinnitus vertigo asthma diabetes epilepsy migraine arthritis adhd add autism asperger's dyslexia dyspraxia dyscalculia depression anxiety insomnia tinnitus \
         hypertension blood_pressure celiac coeliac hay_fever eczema psoriasis anaemia anemia scoliosis endometriosis pcos ibs ibd crohn's crohn colitis gout \
         osteoporosis fibromyalgia lupus hypothyroidism hyperthyroidism hashimoto's thyroid parkinson's alzheimer's dementia leukemia leukaemia lymphoma \
         cancer hiv hepatitis ptsd ocd bipolar schizophrenia vitiligo rosacea narcolepsy apnea apnoea apnoe copd emphysema glaucoma cataracts \
         astigmatism hemophilia haemophilia thalassemia sickle_cell ms sclerosis cystic_fibrosis palsy pacemaker stoma \
         prosthesis syndrome disorder disease deficiency intolerance sciatica slipped_disc hernia cholesterol reflux gerd ulcer vertigo \
         arrhythmia murmur angina neuropathy amnesia aphantasia prosopagnosia synesthesia stutter lisp bad_back bad_knee bad_knees bad_hip bad_shoulder condition \
         bulimia anorexia rheumatism long_covid raynaud's tourette's tourette kidney_stones type_1 type_2 cp me/cfs pots ehlers-danlos \
         flat_feet macular_degeneration tia ministroke gastritis carpal_tunnel bad_eyesight bad_eyes bunions long-sightedness disc_hernia low_iron lactose \
         hearing_loss chronic_pain chronic_back_pain back_pain colour_blindness color_blindness",
    )
});
/// "I'm diabetic": lasting states of the body, as adjectives.
pub(crate) static CONDITION_ADJECTIVES: Words = LazyLock::new(|| {
    set(
        "diabetic asthmatic epileptic autistic dyslexic dyspraxic bipolar deaf blind colour-blind color-blind colorblind colourblind \
         short-sighted shortsighted near-sighted nearsighted far-sighted farsighted left-handed lefthanded right-handed ambidextrous \
         anaemic anemic disabled paraplegic hypertensive hypothyroid neurodivergent prediabetic lactose-intolerant hard_of_hearing deaf_in_one_ear blind_in_one_eye left_handed colour_blind color_blind \
         hiv-positive immunocompromised insomniac",
    )
});
/// What one says to be allergic to in jest.
pub(crate) static JOKE_ALLERGENS: Words = LazyLock::new(|| {
    set(
        "deadlines deadline emails spreadsheets small_talk work mondays monday bullshit nonsense idiots morning mornings fun commitment stupidity meetings drama people exercise money sports \
         homework housework chores cleaning cooking bullies liars lies school responsibility hypocrisy feelings losing winning failure boredom \
         small_talk everything life love it that this something anything nothing what them",
    )
});
/// What passes: no lasting condition.
pub(crate) static PASSING: Words = LazyLock::new(|| {
    set(
        "headache cold fever flu hangover cough stomachache toothache nausea question problem issue idea feeling doubt",
    )
});
pub(crate) static SIDES: Words = LazyLock::new(|| set("left_ear right_ear left_eye right_eye"));
/// After "afraid of" or "a fear of": what makes a lasting fear.
pub(crate) static FEARS: Words = LazyLock::new(|| {
    set(
        "spider height flying snake dark clown needle dog water lightning thunder thunderstorm dentist public_speaking crowd blood germ \
         bee wasp horse bird insect cockroach rat mouse mice enclosed_spaces small_spaces tight_spaces confined_spaces open_spaces elevator lift ghost drowning \
         shark deep_water swimming driving planes plane death cat moth bug injection open_water being_alone",
    )
});

/// What one leaves out, whatever else one eats; several may be true at once.
pub(crate) static RESTRICTIONS: Words = LazyLock::new(|| {
    set(
        "gluten-free gluten_free dairy-free dairy_free lactose-free lactose_intolerant lactose-intolerant gluten_intolerant gluten-intolerant coeliac celiac \
         sugar-free fructose_intolerant histamine_intolerant teetotal teetotaler teetotaller a_teetotaler a_coeliac a_celiac sober",
    )
});
pub(crate) static MEDICATIONS: Words = LazyLock::new(|| {
    set(
        "insulin metformin statins antidepressants birth_control the_pill blood_thinners beta_blockers beta-blockers ritalin adderall lithium levothyroxine \
         blood_pressure_medication warfarin prednisone sertraline methotrexate concerta antihistamines ssris an_inhaler vitamin_d iron_supplements \
         lisinopril amlodipine atorvastatin ramipril omeprazole gabapentin citalopram fluoxetine venlafaxine bupropion warfarin eliquis mounjaro methylphenidate vyvanse elvanse blood_pressure_tablets blood_pressure_pills steroids testosterone estrogen hrt lexapro zoloft prozac xanax ozempic wegovy simvastatin rosuvastatin losartan candesartan valsartan bisoprolol metoprolol propranolol atenolol carvedilol \
         hydrochlorothiazide furosemide spironolactone clopidogrel apixaban xarelto rivaroxaban pantoprazole lansoprazole escitalopram duloxetine mirtazapine amitriptyline trazodone \
         paroxetine quetiapine olanzapine risperidone aripiprazole lamotrigine levetiracetam carbamazepine pregabalin topiramate donepezil levodopa sumatriptan montelukast salbutamol \
         albuterol ventolin symbicort prednisolone hydroxychloroquine adalimumab humira tamoxifen finasteride tamsulosin allopurinol colchicine euthyrox synthroid thyroxine semaglutide \
         empagliflozin jardiance januvia sitagliptin gliclazide tirzepatide zepbound trulicity dulaglutide lantus tacrolimus azathioprine isotretinoin accutane strattera immunosuppressants thyroid_medication chemotherapy",
    )
});
/// What surgeons replace.
pub(crate) static JOINTS: Words = LazyLock::new(|| {
    set("hip knee shoulder left_hip right_hip left_knee right_knee left_shoulder right_shoulder")
});
/// What is put into a body to stay.
/// What is taken out.
pub(crate) static ORGANS: Words = LazyLock::new(|| {
    set(
        "appendix tonsils gallbladder gall_bladder wisdom_teeth wisdom_tooth spleen uterus womb adenoids thyroid ovaries prostate kidney cataracts cataract",
    )
});
pub(crate) static IMPLANTS: Words =
    LazyLock::new(|| set("pacemaker stent stents defibrillator shunt cochlear_implant cochlear_implants"));
/// What somebody cannot do without.
pub(crate) static AIDS: Words = LazyLock::new(|| {
    set(
        "a_screen_reader a_wheelchair a_walking_stick a_cane a_white_cane a_hearing_aid an_epipen my_epipen an_inhaler my_inhaler a_cpap a_stoma_bag a_guide_dog \
         hearing_aids a_walker crutches a_mobility_scooter an_insulin_pump an_adrenaline_pen epipens two_epipens",
    )
});
pub(crate) static WORN: Words = LazyLock::new(|| {
    set(
        "glasses contact_lenses contacts a_hearing_aid hearing_aids braces a_prosthesis a_prosthetic_leg dentures reading_glasses a_wheelchair a_cane crutches \
         a_walker a_hijab an_insulin_pump a_cpap orthotics a_retainer",
    )
});
pub(crate) static BODY_PARTS: Words = LazyLock::new(|| {
    set(
        "leg arm ankle wrist foot toe finger hand knee shoulder rib ribs collarbone hip back nose jaw elbow acl achilles meniscus hamstring neck pelvis \
         left_leg right_leg left_arm right_arm left_ankle right_ankle left_wrist right_wrist left_knee right_knee left_foot right_foot left_hand right_hand thumb",
    )
});

/// What one says not to be able to have.
pub(crate) static BANNED_FOODS: Words = LazyLock::new(|| {
    set(
        "dairy gluten lactose milk nuts peanuts sugar caffeine alcohol shellfish wheat soy egg meat cheese fructose pork seafood nut peanut grapefruit salt coffee",
    )
});
/// What is in the air.
pub(crate) static AIRBORNE: Words =
    LazyLock::new(|| set("pollen birch ragweed grass dust mould mold cat dog dander hazel mugwort"));
/// What people eat and drink, by the last word: enough to tell a taste from a remark about the conversation.
pub(crate) static FOODS: Words = LazyLock::new(|| {
    set(
        "almond anchovy anchovies apple apricot artichoke asparagus aubergine avocado bacon banana barley basil bean beef beer beetroot berry berries \
         blackberry blackberries blueberry blueberries bread broccoli brussels_sprout burger butter cabbage cake caper caraway cardamom carrot cashew cauliflower \
         celeriac celery cheese cherry cherries chicken chickpea chili chilli chocolate cider cilantro cinnamon clam coconut cocoa coffee coriander corn courgette \
         couscous crab cranberry cranberries cream crisps cucumber cumin curry curries dairy dates dill duck egg eggplant fennel feta fig fish garlic ginger gin gluten \
         grape grapefruit guava ham hazelnut herring honey horseradish hummus juice kale ketchup kimchi kiwi lamb lard leek lemon lentil lettuce licorice \
         lime liquorice liver lobster mackerel mango marmite marzipan mayo mayonnaise meat melon milk mint mozzarella mushroom mussel mustard nectarine noodle \
         nut oat oatmeal octopus okra olive onion orange oregano oyster papaya parmesan parsley parsnip pasta pea peach peaches peanut pear pecan pepper pesto \
         pickle pineapple pistachio pizza plum pomegranate porridge pork potato potatoes prawn prune pumpkin quinoa radish radishes raisin raspberry raspberries \
         ravioli rhubarb rice rosemary rum rye sage salad salami salmon sardine sauerkraut sausage seafood sesame shellfish shrimp soy spinach sprout squash squid \
         steak strawberry strawberries sugar sultana sushi sweetcorn tea thyme toast tofu tomato tomatoes tuna turkey turmeric turnip vanilla veal venison vinegar \
         vodka walnut wasabi watermelon wheat whiskey whisky wine yam yoghurt yogurt zucchini lamb goat_cheese blue_cheese caffeine alcohol booze soda cola \
         matcha kombucha tempeh seitan eel gherkin soup broth custard pastry pastries spicy_food fried_food fast_food pie cookie biscuit candy sweets snack oats kidney tripe black_pudding haggis",
    )
});
