"""Names, places and languages the invented crowd is put together from: of India, Europe and Latin America."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a share of the crowd comes from; ``phone`` is a pattern in which every # becomes a digit."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    places: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


INDIA = Origin(
    _words(
        "Aarti Aditi Amina Anjali Anuradha Archana Asha Ayesha Bhavna Chitra Deepa Divya Fatima Geeta Gurpreet "
        "Harini Indira Jaya Jyoti Kala Kamala Kavita Kiran Lakshmi Lata Leela Madhuri Malathi Manjula Meena Meera "
        "Mumtaz Nandini Neha Nirmala Padma Parvati Pooja Prema Priya Radha Rajni Rekha Renuka Roshni Rukmini "
        "Sangeeta Sarita Savita Seema Shabana Shanti Shobha Simran Sita Sudha Sujata Sunita Sushila Swati Tara "
        "Uma Usha Vandana Vasudha Vijaya Yasmin Zainab"
    ),
    _words(
        "Abdul Ajay Ajit Amit Anand Anil Arjun Arun Ashok Balaji Bharat Chandan Deepak Dinesh Ganesh Gopal Govind "
        "Harish Hemant Imran Iqbal Jagdish Javed Jitendra Karthik Kishore Krishnan Lalit Mahesh Manoj Mohan "
        "Mukesh Murali Nagesh Narayan Naveen Nitin Omkar Pankaj Prakash Pramod Rafiq Raghav Rajesh Raju Rakesh "
        "Raman Ramesh Ravi Rohit Salim Sandeep Sanjay Satish Shankar Sharad Shyam Siddharth Srinivas Subhash "
        "Sudhir Sunil Suresh Surinder Tarun Uday Umesh Venkatesh Vijay Vikram Vinod Yusuf"
    ),
    _words(
        "Agarwal Ahmed Ansari Banerjee Bhat Bhatt Biswas Bose Chakraborty Chandran Chatterjee Chauhan Choudhary "
        "Das Desai Deshmukh Devi Dutta Fernandes Ganguly Ghosh Gill Gowda Goyal Gupta Hegde Hussain Iyengar Iyer "
        "Jadhav Jain Joshi Kamble Kapoor Kaur Khan Krishnamurthy Kulkarni Kumar Lal Mahajan Malhotra Mehta Menon "
        "Mishra Mukherjee Nair Naidu Nambiar Narayanan Pandey Pandit Patel Patil Pawar Pillai Prasad Qureshi "
        "Raghavan Rajan Rane Rao Rathore Rawat Reddy Roy Saha Saxena Sen Shah Sharma Shetty Shukla Siddiqui Singh "
        "Sinha Solanki Srinivasan Subramaniam Swamy Thakur Thomas Tiwari Trivedi Varghese Varma Verma Vyas Yadav"
    ),
    _words(
        "Akola Aligarh Alwar Ambala Anand Anantapur Balasore Ballari Bardhaman Bhilwara Bikaner Bilaspur Chittoor "
        "Cuddalore Davangere Dewas Dhule Dindigul Eluru Erode Etawah Gaya Gondia Guntur Hassan Hisar Hosur Idukki "
        "Jalgaon Jamnagar Jaunpur Kadapa Karimnagar Karnal Kollam Kottayam Latur Madurai Mandya Mathura Moga "
        "Morena Muzaffarpur Nadiad Nagaon Nanded Nashik Nellore Ongole Palakkad Panipat Patiala Puri Purnia "
        "Raichur Rajkot Ratlam Rewa Rohtak Sagar Salem Sangli Satara Shimoga Sikar Sirsa Solapur Thanjavur Theni "
        "Tumakuru Udupi Vellore Wardha Warangal"
    ),
    _words("Hindi Tamil Telugu Marathi Bengali Kannada Malayalam Gujarati Punjabi Urdu Odia"),
    "555## #####",
)

EUROPE = Origin(
    _words(
        "Agnieszka Alice Anna Birgit Camille Chiara Clara Claire Elena Elif Emma Eva Francesca Greta Hannah "
        "Helena Inge Ingrid Irina Jana Johanna Katarzyna Laura Léa Lotte Lucie Magda Margaret Marie Marta Nadia "
        "Olga Petra Rosa Ruth Sofia Susan Zoë Zuzana Åsa"
    ),
    _words(
        "Adam Andrej Anton Bruno Carl Daniel David Dimitris Erik François Frank Georg Giovanni Hans Henrik Ivan "
        "Jakub James Jean John Jörg Karel Lars Luca Marek Martin Mateusz Michael Miguel Nikos Olivier Øyvind "
        "Paolo Peter Philippe Piotr Robert Stefan Thomas Tomáš"
    ),
    _words(
        "Andersson Bauer Becker Bernard Bianchi Brown Clarke Dubois Eriksen Evans Ferrari Fischer Garcia Greco "
        "Hansen Hoffmann Horvat Jansen Johansson Jones Kowalski Kovács Larsen Lefèvre Marek Martin Meyer Moreau "
        "Müller Murphy Nielsen Novák Nowak O’Brien Papadopoulos Petit Petrov Popescu Richter Romano Rossi Schmidt "
        "Schneider Smith Svoboda Taylor Virtanen Wagner Weber Wiśniewski"
    ),
    _words(
        "Aarhus Bath Bergen Bologna Brno Cork Debrecen Dresden Gdańsk Ghent Graz Kassel Kraków Leeds Lille Lyon "
        "Maribor Nantes Padua Porto Siena Split Tampere Turku Uppsala Utrecht Vigo York Zwolle"
    ),
    _words("English German French Italian Polish Spanish Swedish"),
    "+44 7700 900###",
)

LATIN_AMERICA = Origin(
    _words(
        "Adriana Alejandra Ana Andrea Beatriz Camila Carmen Carolina Catalina Cecilia Claudia Daniela Elena "
        "Fernanda Gabriela Gloria Inés Isabel Juana Júlia Larissa Lucía Luz Marcela María Mariana Natália Paola "
        "Patrícia Pilar Renata Rosa Silvia Sofía Teresa Valentina Verónica Ximena Yolanda"
    ),
    _words(
        "Alejandro Andrés Antônio Arturo Bruno Carlos César Cristóbal Diego Eduardo Emilio Enrique Felipe "
        "Fernando Francisco Gonzalo Guilherme Gustavo Héctor Hugo Ignacio Javier João Joaquín Jorge José Juan "
        "Julio Leonardo Luis Manuel Mateo Miguel Nicolás Pablo Pedro Rafael Ricardo Rodrigo Santiago Sergio "
        "Thiago Víctor"
    ),
    _words(
        "Aguilar Almeida Alvarez Araújo Barbosa Cabrera Cardoso Carvalho Castillo Castro Chávez Contreras Costa "
        "Cruz Delgado Díaz Domínguez Espinoza Fernández Ferreira Flores Gómez Gonçalves González Guerrero "
        "Gutiérrez Hernández Herrera Jiménez Lima López Martínez Medina Méndez Mendoza Molina Morales Moreno "
        "Muñoz Núñez Oliveira Ortega Peña Pereira Pérez Quispe Ramírez Ramos Ribeiro Ríos Rodrigues Rojas Romero "
        "Ruiz Salazar Sánchez Santos Silva Soto Souza Torres Valdez Vargas Vásquez Vega"
    ),
    _words(
        "Arequipa Bucaramanga Campinas Cochabamba Concepción Córdoba Cuenca Cusco Ibagué Iquitos Joinville León "
        "Londrina Mendoza Mérida Morelia Niterói Oaxaca Pelotas Pereira Puebla Querétaro Rosario Salta Sorocaba "
        "Tacna Temuco Toluca Trujillo Valdivia Xalapa"
    ),
    _words("Spanish Portuguese"),
    "+52 55 5555 0###",
)

ORIGINS = (INDIA, EUROPE, LATIN_AMERICA)
SHARES = (70, 15, 15)
OWNERS = ("self", "self", "self", "daughter", "son", "wife", "husband", "brother", "neighbour")
